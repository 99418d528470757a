"""The card behind a membership, and the membership behind a card."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.chassis.data.read import Read, Reader
from services.membership.store.audited import audited
from services.membership.store.tables import Card, Membership, Person, Union

BEHIND: tuple[Any, ...] = (
    Membership.id,
    Membership.state,
    Person.name,
    Union.name.label("union_name"),
    Card.revoked_at,
)


async def live_card(read: Reader, membership_id: UUID) -> UUID | None:
    """The card of a membership that the caller was already allowed to see."""
    query = select(Card.id).where(Card.membership_id == membership_id, Card.revoked_at.is_(None))
    row = await read.first(query)
    return row.id if row else None


async def behind(read: Read, card_id: UUID) -> Row[Any] | None:
    """For whoever scans a genuine token: name (to be masked), union, state; audited."""
    query = (
        select(*BEHIND)
        .join(Membership, Membership.id == Card.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .join(Union, Union.id == Membership.union_id)
        .where(Card.id == card_id)
    )
    return await read.first(audited(read, query, "card.verified", "card", card_id))
