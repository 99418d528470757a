"""One request is one transaction with one instant, committed before the answer leaves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.sql import Executable

from services.chassis.data import outbox_rows
from services.chassis.data.direct import Direct
from services.chassis.data.keyring import Keyring
from services.chassis.data.sealed import Sealer
from services.chassis.data.tables import ChassisTables
from services.chassis.kernel.actors import SYSTEM, Actor, actor_facts
from services.chassis.kernel.calendar import shanghai_date
from services.chassis.kernel.events import Event
from services.chassis.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from; kept with every audit row, never with personal data."""

    request_id: str = ""
    address: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Store:
    """Where a service keeps its rows, how it tells the time, and whom it tells."""

    schema: str
    engine: AsyncEngine
    reads: AsyncEngine  # autocommit: lists and look-ups never open a transaction
    sessions: async_sessionmaker[AsyncSession]
    tables: ChassisTables
    clock: Callable[[], datetime]
    tells: Mapping[str, tuple[str, ...]]
    sealer: Sealer
    direct: Direct | None = None  # the driver's own connections, for the hottest reads
    keyring: Keyring | None = None  # keeps the sealer's keys up to date
    keeping: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def begin(
        self, actor: Actor = SYSTEM, origin: Origin | None = None
    ) -> AsyncIterator["Tx"]:
        """A transaction for jobs, handlers and tests; it commits when the block ends well."""
        async with self.sessions.begin() as session:
            yield await self.transaction(session, actor, origin or Origin())

    async def transaction(self, session: AsyncSession, actor: Actor, origin: Origin) -> "Tx":
        """What is done within ``session``, which has begun, with the keys that it must use."""
        fenced = await self.keyring.fence(session) if self.keyring else None
        return Tx(session, self.clock(), self, actor, origin, fenced=fenced)

    async def close(self) -> None:
        if self.keeping is not None:
            self.keeping.cancel()
            await asyncio.gather(self.keeping, return_exceptions=True)
        await self.engine.dispose()
        await self.reads.dispose()
        if self.direct is not None:
            await self.direct.close()


@dataclass(slots=True)
class Tx:
    """A transaction, who acts in it, and the one instant at which everything in it happens."""

    session: AsyncSession
    now: datetime
    store: Store
    actor: Actor
    origin: Origin = field(default_factory=Origin)
    outliving: list[Callable[["Tx"], Awaitable[None]]] = field(default_factory=list)
    fenced: Sealer | None = None  # while the blind index changes: what this one writes with

    @property
    def today(self) -> date:
        """The Shanghai day of this transaction (T-07)."""
        return shanghai_date(self.now)

    @property
    def sealer(self) -> Sealer:
        return self.fenced or self.store.sealer

    async def rows(self, query: Executable) -> Sequence[Row[Any]]:
        return (await self.session.execute(query)).all()

    async def first(self, query: Executable) -> Row[Any] | None:
        return (await self.session.execute(query)).first()

    async def emit(self, event: Event) -> None:
        """Tell the other services, and clients' hooks, if and only if this transaction commits."""
        data = _facts(event)
        await self.emit_fact(
            event.topic, event.subject, data, union_id=event.union, link=event.address
        )

    async def emit_fact(
        self,
        topic: str,
        subject: UUID,
        data: Mapping[str, Any],
        *,
        union_id: UUID | None = None,
        link: str = "",
    ) -> int:
        """The row behind ``emit``, for facts that are passed on as they are; its sequence."""
        fact = {
            "id": new_id(),
            "topic": topic,
            "subject": subject,
            "data": data,
            "occurred_at": self.now,
            "traceparent": self.origin.traceparent,
            "union_id": union_id,
            "link": link,
        }
        hearers = self.store.tells.get(topic, ())
        channel = f"{self.store.schema}_outbox"
        query = outbox_rows.telling(self.store.tables, fact, hearers, channel)
        seq: int = (await self.session.execute(query)).scalar_one()
        return seq

    async def remind(self, kind: str, subject: UUID, due_at: datetime) -> None:
        """Set the deadline, replacing an earlier one of the same kind."""
        deadlines = self.store.tables.deadlines
        row = upsert(deadlines).values(subject=subject, kind=kind, due_at=due_at)
        await self.session.execute(
            row.on_conflict_do_update(
                index_elements=["subject", "kind"], set_={"due_at": due_at, "attempts": 0}
            )
        )

    async def forget(self, kind: str, subject: UUID) -> None:
        """Take a deadline away; nothing happens when there is none."""
        deadlines = self.store.tables.deadlines
        this = (deadlines.c.subject == subject) & (deadlines.c.kind == kind)
        await self.session.execute(delete(deadlines).where(this))

    async def record(
        self,
        action: str,
        subject_kind: str,
        subject: UUID | None,
        *,
        union_path: str = "",
        before: str = "",
        after: str = "",
        reason: str = "",
        outcome: str = "done",
        **details: Any,
    ) -> None:
        """Write an audit row (J-5); ``details`` hold ids, counts and rules, no personal data."""
        values = self.audit_values(action, subject_kind, subject) | {
            "union_path": union_path or self.actor.union_path,
            "before": before,
            "after": after,
            "reason": reason,
            "outcome": outcome,
            "details": {name: plain(value) for name, value in details.items()},
        }
        await self.session.execute(insert(self.store.tables.audit).values(values))

    def audit_values(self, action: str, subject_kind: str, subject: UUID | None) -> dict[str, Any]:
        """Who, when, from where: what every audit row of this transaction shares."""
        return audit_values(self.actor, self.origin, self.now, action, subject_kind, subject)

    async def enqueue(self, kind: str, subject: UUID, **args: Any) -> UUID:
        """Ask for long work in this same transaction; ``args`` hold ids only."""
        job_id = new_id()
        row = insert(self.store.tables.jobs).values(
            id=job_id,
            kind=kind,
            subject=subject,
            args={name: plain(value) for name, value in args.items()},
            actor=actor_facts(self.actor),
            union_path=self.actor.union_path,
            due_at=self.now,
            created_at=self.now,
        )
        await self.session.execute(row)
        await self.wake("jobs")
        return job_id

    def outlive(self, write: Callable[["Tx"], Awaitable[None]]) -> None:
        """Have ``write`` carried out even when the request is refused (failure counters)."""
        self.outliving.append(write)

    async def wake(self, loop: str) -> None:
        """Wake a background loop of this schema as soon as this transaction commits."""
        channel = f"{self.store.schema}_{loop}"
        await self.session.execute(text("select pg_notify(:channel, '')"), {"channel": channel})


def audit_values(
    actor: Actor,
    origin: Origin,
    now: datetime,
    action: str,
    subject_kind: str,
    subject: UUID | None,
) -> dict[str, Any]:
    """The columns of an audit row that say who, when and from where."""
    return {
        "id": new_id(),
        "at": now,
        "action": action,
        "subject_kind": subject_kind,
        "subject": subject,
        "actor_kind": str(actor.kind),
        "actor_id": str(actor.id),
        "actor_name": actor.name,
        "actor_roles": sorted(actor.roles),
        "union_id": actor.union_id,
        "union_path": actor.union_path,
        "request_id": origin.request_id,
        "address": origin.address,
        "client": actor.client or "",
        "auth": actor.auth,
    }


def plain(value: Any) -> Any:
    """A value as JSON has it: ids, days, instants and amounts as strings."""
    if isinstance(value, UUID | date | datetime | Decimal):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def _facts(event: Event) -> dict[str, Any]:
    named = ((f.name, getattr(event, f.name)) for f in fields(event) if f.name != "subject")
    return {name: plain(value) for name, value in named}
