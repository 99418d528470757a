"""Another system asks what changed since it last asked, so that a lost event loses nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor, Kind
from services.membership.domain.policies import READERS
from services.membership.store import changes

COLLECTIONS = {
    "applications": changes.applications,
    "members": changes.members,
    "unions": changes.unions,
}


async def follow_changes(
    actor: Actor, read: Read, collection: str, page: Cut
) -> tuple[Sequence[Row[Any]], str, bool]:
    if actor.kind is Kind.SERVICE:
        actor.require_scope(f"membership:{collection}.read")
    else:
        actor.require(*READERS)
    return await COLLECTIONS[collection](actor, read, page)
