"""The registration form: what it shows, and what the API is sent of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership
from frontend.forms.form import Form, Option
from frontend.render import render
from frontend.session import Visit
from frontend.views.reading import items, text
from frontend.views.union_choice import offering_unions


async def body_of(membership: Membership, form: Form) -> dict[str, Any]:
    """The form as the API wants it."""
    body = form.payload()
    there = form.values.get("unions_there", ())
    body["situation"] |= {one.value: one.value in there for one in form["unions_there"].options}
    body["platforms"] = [p.strip() for p in form.text("platforms").split("、") if p.strip()]
    chosen = set(form.values["consents"])
    body["consents"] = [
        {"text_id": text(one, "id"), "version": text(one, "version")}
        for one in await consent_texts(membership)
        if text(one, "id") in chosen
    ]
    return body


async def consent_texts(membership: Membership) -> list[Any]:
    """The texts in force, what is required first."""
    found = items(await membership.get("/consent-texts"))
    return sorted(found, key=lambda one: not one["is_required"])


async def show_form(
    request: Request,
    visit: Visit,
    membership: Membership,
    form: Form,
    action: str,
    status: int = 200,
    find_url: str = "",
) -> Response:
    """The form, new or with what was typed; ``find_url`` shows it with unions found."""
    words = request.query_params.get("union_text", "")
    texts = await consent_texts(membership)
    choices = {
        "document_kind": await codes(membership, "document_kinds"),
        "group_code": await codes(membership, "groups"),
        "relation": await codes(membership, "relations"),
        "consents": tuple(
            Option(text(one, "id"), f"{text(one, 'title')}{'' if one['is_required'] else _FREE}")
            for one in texts
        ),
    }
    return render(
        request,
        "applications/counter.html",
        status=status,
        form=await offering_unions(membership, visit.actor, form.offering(choices), words),
        words=words,
        find_url=find_url,
        platforms=await codes(membership, "platforms"),
        action=action,
    )


async def codes(membership: Membership, name: str) -> tuple[Option, ...]:
    """A code list to choose from."""
    return tuple(Option(one["code"], one["label"]) for one in await membership.codes(name))


_FREE = "（可以不同意）"
