"""Somebody in a union office looks for a member of their union or below."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.membership.domain.membership import State
from services.membership.domain.policies import READERS
from services.membership.store import memberships, unions
from services.membership.store.facts import document_keys
from services.membership.store.members_by_number import find_by_number
from services.membership.store.memberships import Wanted

EXACT = ("document", "number")


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
    words = text.strip()
    documents = document_keys(read.store.sealer, words)
    is_plain = not (union_id or state or group or page.after)
    if is_plain and documents and memberships.kind_of(words) in EXACT:
        return await find_by_number(actor, read, words, documents), None
    path = (await unions.find(actor, read, union_id)).path if union_id else ""
    wanted = Wanted(words, documents, path, state, group)
    return await memberships.search(actor, read, wanted, page)
