"""Choosing a union: one's own and those right below, or what typing finds anywhere below."""

from dataclasses import replace
from uuid import UUID

from frontend.clients.membership import Membership
from frontend.forms.form import Field, Form, Option
from frontend.views.reading import items, text
from frontend.views.unions import options_below
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Forbidden, Refusal, Unprocessable

NAME = "union_id"
LONGEST = 60
MOST = "12"


async def offering_unions(
    membership: Membership, actor: Actor, form: Form, words: str = ""
) -> Form:
    """The form with unions to choose from; whichever was chosen stays among them."""
    words = words.strip()[:LONGEST]
    if words:
        form = replace(form, fields=tuple(_as_radios(one) for one in form.fields))
        options = await _named(membership, words)
    else:
        options = await options_below(membership, actor)
    chosen = form.text(NAME)
    if chosen and chosen not in {option.value for option in options}:
        options += await _chosen(membership, chosen)
    return form.offering({NAME: options})


def _as_radios(field: Field) -> Field:
    return replace(field, kind="radio") if field.name == NAME else field


async def _named(membership: Membership, words: str) -> tuple[Option, ...]:
    try:
        page = await membership.get("/unions", text=words, limit=MOST)
    except (Forbidden, Unprocessable):
        return ()
    return tuple(
        Option(text(one, "id"), text(one, "name"), text(one, "address")) for one in items(page)
    )


async def _chosen(membership: Membership, chosen: str) -> tuple[Option, ...]:
    """One that was found by typing before; what is out of reach is left out."""
    try:
        answer = await membership.union(UUID(chosen))
    except (Refusal, ValueError):
        return ()
    return (Option(chosen, text(answer.body, "name")),)
