"""Somebody in a union office looks for a member of their union or below."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.identifiers import DocumentKind
from services.chassis.kernel.text import clean_code
from services.membership.domain.membership import State
from services.membership.domain.policies import READERS
from services.membership.store import memberships, unions
from services.membership.store.facts import document_key
from services.membership.store.memberships import Wanted


async def find_members(
    actor: Actor,
    read: Read,
    page: Cut,
    text: str = "",
    union_id: UUID | None = None,
    state: State | None = None,
    group: str = "",
) -> tuple[Sequence[Row[Any]], str | None]:
    actor.require(*READERS)
    path = (await unions.find(actor, read, union_id)).path if union_id else ""
    words = text.strip()
    wanted = Wanted(words, _documents(read, words), path, state, group)
    return await memberships.search(actor, read, wanted, page)


def _documents(read: Read, text: str) -> tuple[bytes, ...]:
    """An exact number may be of any kind of document."""
    number = clean_code(text).value
    if len(number) < 5 or not any(c.isdigit() for c in number):
        return ()
    return tuple(document_key(read.store.sealer, kind, number) for kind in DocumentKind)
