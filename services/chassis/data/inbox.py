"""Hearing a fact twice is harmless: its id is kept in the transaction that acted on it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.chassis.data.tx import Tx


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact that another service told."""

    id: UUID
    source: str
    topic: str
    subject: UUID
    occurred_at: datetime
    data: dict[str, Any]
    sequence: int


Hearing = Callable[[Tx, Heard], Awaitable[None]]


async def receive_once(tx: Tx, heard: Heard, hearing: Hearing) -> bool:
    """Act on ``heard`` unless that was done before; return whether it was new."""
    inbox = tx.store.tables.inbox
    row = insert(inbox).values(
        source=heard.source, id=heard.id, topic=heard.topic, received_at=tx.now
    )
    new = await tx.first(row.on_conflict_do_nothing().returning(inbox.c.id))
    if new is None:
        return False
    await hearing(tx, heard)
    return True


async def receive_all(tx: Tx, heard: Sequence[Heard], hears: Mapping[str, Hearing]) -> None:
    """The same for many at once; what one hearing refuses undoes them all."""
    inbox = tx.store.tables.inbox
    rows = select(
        func.unnest(literal([one.source for one in heard], ARRAY(Text))),
        func.unnest(literal([one.id for one in heard], ARRAY(Uuid))),
        func.unnest(literal([one.topic for one in heard], ARRAY(Text))),
        literal(tx.now, inbox.c.received_at.type),
    )
    columns = ["source", "id", "topic", "received_at"]
    kept = insert(inbox).from_select(columns, rows).on_conflict_do_nothing()
    new = set(await tx.session.scalars(kept.returning(inbox.c.id)))
    for one in heard:
        if one.id in new:
            new.discard(one.id)  # it may stand in the lot twice
            await hears[one.topic](tx, one)
