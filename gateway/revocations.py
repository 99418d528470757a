"""Which sessions identity has ended; asked for often enough to know within a second."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog

from gateway.identity import Identity
from services.chassis.kernel.refusals import Refusal, Unavailable

log = structlog.get_logger()
# Longer than any user token lives (10 minutes), so that a forgotten ending ends nothing any more.
REMEMBERED_SECONDS = 1200.0
UNHEARD = (Refusal, ValueError, KeyError, TypeError)


class Revocations:
    """The ended sessions, and whoever wants to hear of them.

    While identity cannot be reached nothing can end there either, and tokens run out by
    themselves; but a process that never heard of any ending honours no token at all.
    """

    def __init__(self, identity: Identity, pause: float, now: Callable[[], datetime]) -> None:
        self._identity = identity
        self._pause = pause
        self._now = now
        self._ended: dict[UUID, float] = {}
        self._cursor = ""
        self._tell: list[Callable[[UUID], None]] = []
        self._heed: list[Callable[[int], Awaitable[None]]] = []
        self.heard_at: float | None = None

    def on_ended(self, hear: Callable[[UUID], None]) -> None:
        """Call ``hear`` with each session that ends."""
        self._tell.append(hear)

    def on_directory(self, heed: Callable[[int], Awaitable[None]]) -> None:
        """Have ``heed`` told, at each look, which version the clients' directory has."""
        self._heed.append(heed)

    def has_ended(self, session: UUID | None) -> bool:
        """Whether this session was ended; refuses to guess before the first answer."""
        if self.heard_at is None:
            raise Unavailable("系统正在启动，请几秒后再试。", retry_after=2)
        return session in self._ended

    def silent_for(self) -> float:
        """Seconds since identity last answered, for readiness and metrics."""
        return float("inf") if self.heard_at is None else self._now().timestamp() - self.heard_at

    async def follow(self) -> None:
        """Ask for ever; an identity that is away is asked again at the same pace."""
        was_lost = False
        while True:
            try:
                more = await self.look()
                was_lost = False
            except UNHEARD as error:
                more = False
                if not was_lost:
                    log.warning("revocations.unreachable", reason=type(error).__name__)
                was_lost = True
            if not more:
                await asyncio.sleep(self._pause)

    async def look_before_serving(self) -> None:
        """The first look, so that a fresh process honours tokens from its first request on."""
        with suppress(*UNHEARD):
            await self.look()

    async def look(self) -> bool:
        """Ask once; True when there may be more to fetch at once."""
        page = await self._identity.revocations(self._cursor)
        for session in page.sessions:
            self._ended[session] = self._now().timestamp()
            for tell in self._tell:
                tell(session)
        moved = page.next != "" and page.next != self._cursor
        self._cursor = page.next or self._cursor
        self.heard_at = self._now().timestamp()
        self._forget_old()
        for heed in self._heed:
            await heed(page.directory)
        return moved and bool(page.sessions)

    def _forget_old(self) -> None:
        limit = self._now().timestamp() - REMEMBERED_SECONDS
        for session in [known for known, at in self._ended.items() if at < limit]:
            del self._ended[session]
