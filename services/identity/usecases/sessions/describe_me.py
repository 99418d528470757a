"""Somebody looks at who they are logged in as, and for which unions they may act."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.masking import mask_mobile
from services.identity.domain.standing import Standing, places
from services.identity.store import grants, sessions, workers


@dataclass(frozen=True, slots=True)
class Me:
    """The caller as a page's masthead shows them."""

    actor: Actor
    unions: list[Standing]
    masked_phone: str | None
    session_expires_at: datetime | None


async def describe_me(actor: Actor, read: Read) -> Me:
    """Reads nothing but what is the caller's own."""
    session = await sessions.one(read, actor.session) if actor.session else None
    expires_at = session.expires_at if session else None
    if actor.kind is Kind.WORKER:
        phone = await workers.phone_of(read, read.store.sealer, actor.id)
        return Me(actor, [], mask_mobile(phone), expires_at)
    held = await grants.held_by(read, actor.id) if actor.kind is Kind.STAFF else []
    return Me(actor, places(held, read.today), None, expires_at)
