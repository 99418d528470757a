"""Applications found by what a clerk types, inside the caller's scope, audited as a search."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_

from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Read
from services.chassis.data.sealed import Sealer
from services.chassis.kernel.actors import Actor
from services.membership.domain.application import State
from services.membership.domain.numbers import is_application_number
from services.membership.store.applications import visible_to
from services.membership.store.audited import audited
from services.membership.store.facts import phone_keys, tail_keys
from services.membership.store.memberships import Wanted, kind_of
from services.membership.store.scope import name_matches
from services.membership.store.tables import Application, Union


async def search(
    actor: Actor, read: Read, wanted: Wanted, state: State | None, page: Cut
) -> tuple[Sequence[Row[Any]], str | None]:
    """Newest first; who was admitted is found as a member, unless the number or state is meant."""
    text, columns = wanted.text.strip(), Application.__table__.c
    shown: tuple[Any, ...] = (
        *columns,
        Union.name.label("union_name"),
        Union.phone.label("union_phone"),
    )
    by = "number" if is_application_number(text) else kind_of(text)
    query = visible_to(actor).join(Union, Union.id == Application.union_id)
    query = query.with_only_columns(*shown)
    if text:
        query = query.where(_matches(read.store.sealer, by, text, wanted.documents))
    if state is not None:
        query = query.where(Application.state == state)
    elif by != "number":
        query = query.where(Application.state != State.ADMITTED)
    query = audited(read, query, "application.searched", "application", by=by)
    return await cut(read, query, [columns.id], page, order="desc")


def _matches(
    sealer: Sealer, by: str, text: str, documents: tuple[bytes, ...]
) -> ColumnElement[bool]:
    """All of one table, so that an OR reads two of its indexes and no more."""
    numbered = Application.number == text.upper()
    match by:
        case "name":
            return name_matches(Application.name, Application.initials, text)
        case "tail":
            return Application.phone_tail.in_(tail_keys(sealer, text))
        case "phone":
            return Application.phone_key.in_(phone_keys(sealer, text))
        case "document" if documents:
            return or_(Application.document_key.in_(documents), numbered)
        case _:
            return numbered
