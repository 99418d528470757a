"""The unit of work behind one request: its transaction, its savepoint, its remembered answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

from services.chassis.data import idempotency
from services.chassis.data.idempotency import Answer
from services.chassis.data.read import Read
from services.chassis.data.tx import Origin, Store, Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Forbidden, Refusal

KEPT_HEADERS = ("content-type", "etag", "location")
NOT_REMEMBERED = (408, 429)


class AnsweredBefore(Exception):
    """The same request was answered before; carries that answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(slots=True)
class Unit:
    """Begun by the first dependency that asks for a transaction; ended by the route class."""

    store: Store
    actor: Actor
    origin: Origin
    same: idempotency.Request | None = None
    session: AsyncSession | None = None
    savepoint: AsyncSessionTransaction | None = None
    tx: Tx | None = None
    read: Read | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    def reading(self) -> Read:
        """Reads without a transaction, for as long as the request's function runs."""
        if self.read is None:
            self.read = Read(self.store, self.actor, self.store.clock(), self.origin)
        return self.read

    async def begin(self) -> Tx:
        """Open the transaction, look for an earlier answer, and set the savepoint."""
        if self.tx is not None:
            return self.tx
        self.session = self.store.sessions()
        await self.session.begin()
        self.tx = await self.store.transaction(self.session, self.actor, self.origin)
        if self.same is not None:
            answer = await idempotency.earlier_answer(self.tx, self.same)
            if answer is not None:
                raise AnsweredBefore(answer)
        self.savepoint = await self.session.begin_nested()
        return self.tx

    async def commit(self, response: Response) -> None:
        """Everything of the request is kept, and its answer with it."""
        if self.tx is None or self.session is None:
            return
        await self.session.flush()
        if self.savepoint is not None and self.savepoint.is_active:
            await self.savepoint.commit()
        await self._remember(self.tx, response)
        await self.session.commit()

    async def refuse(self, refusal: Refusal, response: Response) -> None:
        """Nothing of the request is kept but what must outlive a refusal."""
        if self.tx is None or self.session is None:
            if not isinstance(refusal, Forbidden):
                return
            # Only to write down the refusal: nothing was done that could have an answer.
            self.same = None
            await self.begin()
        if (tx := self.tx) is None or (session := self.session) is None:
            raise AssertionError("a unit that has begun has a transaction")
        if self.savepoint is not None and self.savepoint.is_active:
            await self.savepoint.rollback()
        session.expunge_all()
        for write in tx.outliving:
            await write(tx)
        if isinstance(refusal, Forbidden):
            await tx.record(
                "access.refused", "request", None, outcome="refused", reason=refusal.code
            )
        if self.savepoint is not None:
            await self._remember(tx, response)
        await session.commit()

    async def roll_back(self) -> None:
        if self.session is not None:
            await self.session.rollback()

    async def abandon(self) -> None:
        """Give the connections up instead of asking a server that does not answer."""
        if self.session is not None:
            await self.session.invalidate()
        if self.read is not None and self.read.connection is not None:
            await self.read.connection.invalidate()

    async def close(self) -> None:
        try:
            if self.read is not None:
                await self.read.close()
        finally:
            if self.session is not None:
                await self.session.close()
            self.read = self.session = self.tx = self.savepoint = None

    async def _remember(self, tx: Tx, response: Response) -> None:
        status = response.status_code
        if self.same is None or status >= 500 or status in NOT_REMEMBERED:
            return
        headers = {k: v for k, v in response.headers.items() if k in KEPT_HEADERS}
        await idempotency.remember(tx, self.same, Answer(status, headers, bytes(response.body)))
