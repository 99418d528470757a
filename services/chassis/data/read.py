"""Reading without a transaction: each statement on its own, on the autocommit connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from services.chassis.data.direct import Statement
from services.chassis.data.tx import Origin, Store, audit_values
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.calendar import shanghai_date


class Reader(Protocol):
    """What a store's query needs: a ``Read`` or a ``Tx``."""

    @property
    def now(self) -> datetime: ...

    @property
    def actor(self) -> Actor: ...

    async def rows(self, query: Executable) -> Sequence[Row[Any]]: ...

    async def first(self, query: Executable) -> Row[Any] | None: ...


@dataclass(slots=True)
class Read:
    """One request's reads; it takes a connection only when the first query is made."""

    store: Store
    actor: Actor
    now: datetime
    origin: Origin = field(default_factory=Origin)
    connection: AsyncConnection | None = None

    @property
    def today(self) -> date:
        return shanghai_date(self.now)

    async def rows(self, query: Executable) -> Sequence[Row[Any]]:
        return (await (await self._connect()).execute(query)).all()

    async def first(self, query: Executable) -> Row[Any] | None:
        return (await (await self._connect()).execute(query)).first()

    async def straight(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Any]:
        """A hot read past the engine; only a store without connections of its own has none."""
        if self.store.direct is None:
            raise RuntimeError("this store was opened without the driver's own connections")
        return await self.store.direct.rows(statement, values)

    def audit_values(self, action: str, subject_kind: str, subject: Any = None) -> dict[str, Any]:
        """Who, when, from where: for a read that is audited in its own statement."""
        return audit_values(self.actor, self.origin, self.now, action, subject_kind, subject)

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.close()
            self.connection = None

    async def _connect(self) -> AsyncConnection:
        if self.connection is None:
            self.connection = await self.store.reads.connect()
        return self.connection
