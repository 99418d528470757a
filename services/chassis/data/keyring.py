"""Keeps the keys of a running process up to date, so that they can change without a restart.

Every process looks for new keys every two seconds, and no transaction begins on keys older than
five (``KeyPace``).  Whoever changes keys announces the new one and waits until that has passed:
then every process can open what the new key seals before the first value is sealed with it.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import RowMapping, Table, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.chassis.data.keys import ALGORITHMS, key_of, rows_with_active, unwrap
from services.chassis.data.sealed import DataKey, Sealer
from services.chassis.kernel.refusals import Unavailable
from services.chassis.kernel.wrapping import KeyService, KeysUnusable

AT_MOST_EVERY = 0.5  # seconds between two looks that requests ask for

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeyPace:
    """Seconds between two looks; every process of a service must have the same."""

    poll: float = 2.0

    @property
    def fresh(self) -> float:
        """How old the keys may be with which a transaction begins."""
        return 2.5 * self.poll


class Keyring:
    """The keys of one schema as this process has them; ``sealer`` always works with the newest."""

    def __init__(
        self,
        engine: AsyncEngine,
        table: Table,
        service: KeyService,
        algorithms: Mapping[str, str] = ALGORITHMS,
        pace: KeyPace = KeyPace(),
    ) -> None:
        self.sealer = Sealer()
        # Why the keys cannot be used, without any secret; empty when all is well.
        self.trouble = "not looked yet"
        self.is_changing_index = False
        self._engine, self._table, self._service = engine, table, service
        self._algorithms = algorithms
        self.pace = pace
        self._looked = float("-inf")
        self._turn = asyncio.Lock()

    async def look(self) -> None:
        """Read the keys as they stand now; whatever goes wrong becomes ``trouble``."""
        async with self._turn:
            await self._look()

    async def catch_up(self) -> None:
        """Look again for a request that met an unknown key, unless somebody just did."""
        async with self._turn:
            if time.monotonic() - self._looked >= AT_MOST_EVERY:
                await self._look()

    async def keep(self) -> None:
        """Look every so often, for as long as the process runs."""
        while True:
            await asyncio.sleep(self.pace.poll)
            try:
                await self.look()
            except Exception as error:  # whatever it is, the next look may go well
                self._say("the keys could not be looked at", type(error).__name__)

    async def fence(self, session: AsyncSession) -> Sealer | None:
        """While the blind index changes, the sealer that this transaction must write with.

        The lock lets the change wait for every transaction that writes an index, and them for it.
        """
        if time.monotonic() - self._looked > self.pace.fresh:
            await self.catch_up()
        if not self.is_changing_index:
            return None
        await session.execute(select(func.pg_advisory_xact_lock_shared(lock_of(self._table))))
        keys = self._table.c
        active = select(keys.id).where(keys.purpose == "blind", keys.active)
        key_id = await session.scalar(active)
        if key_id not in self.sealer.keys:
            raise Unavailable("系统正在更换数据密钥，请稍后再试。", retry_after=5)
        return self.sealer.indexing_by(key_id)

    async def _look(self) -> None:
        try:
            rows = await rows_with_active(
                self._engine, self._table, self._service, self._algorithms
            )
        except (SQLAlchemyError, OSError) as error:
            self._say("the database cannot be asked for the keys", type(error).__name__)
        except KeysUnusable as error:
            self._say(str(error))
        else:
            await self._take(rows)

    async def _take(self, rows: list[RowMapping]) -> None:
        self.is_changing_index = any(r["purpose"] == "blind" and _is_coming(r) for r in rows)
        self._looked = time.monotonic()
        known, trouble, keys = self.sealer.keys, "", list[DataKey]()
        for row in rows:
            earlier = known.get(row["id"])
            try:
                secret = (
                    earlier.secret if earlier else await unwrap(self._table, self._service, row)
                )
                keys.append(key_of(row, secret))
            except KeysUnusable as error:
                trouble = str(error)
        if keys != list(known.values()):
            self.sealer.use(keys)
        self._say(trouble)

    def _say(self, trouble: str, error: str = "") -> None:
        if trouble and trouble != self.trouble:
            log.error("keys unusable", reason=trouble, error=error)
        self.trouble = trouble


def lock_of(table: Table) -> object:
    """Held, shared, by transactions that write indexes while these change."""
    return func.hashtext(f"{table.schema}:blind-index")


def _is_coming(row: RowMapping) -> bool:
    return not row["active"] and row["retired_at"] is None
