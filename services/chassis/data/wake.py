"""Wakes a background loop when PostgreSQL says so, and after a pause in any case."""

import asyncio
import contextlib

import asyncpg
from sqlalchemy.engine import make_url


class Waker:
    """Listens on one channel with a connection of its own; losing it only costs the wake-up."""

    def __init__(self, database_url: str, channel: str) -> None:
        self._dsn = make_url(database_url).set(drivername="postgresql").render_as_string(False)
        self._channel = channel
        self._bell = asyncio.Event()
        self._connection: asyncpg.Connection | None = None

    async def wait(self, seconds: float) -> None:
        """Return when woken, or after ``seconds``."""
        await self._listen()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), seconds)
        self._bell.clear()

    async def close(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._connection.close(timeout=2)
        self._connection = None

    async def _listen(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            return
        try:
            self._connection = await asyncpg.connect(self._dsn, timeout=3)
            await self._connection.add_listener(self._channel, self.ring)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            self._connection = None

    def ring(self, *_: object) -> None:
        """Wake the loop; also called from within the process."""
        self._bell.set()
