"""The keys with which identity signs user tokens, as identity publishes them."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import structlog
from joserfc.jwk import OKPKey

from services.chassis.edge.assertions import Keys, kid_of, part_of, public_keys
from services.chassis.kernel.refusals import Refusal, Unavailable

ISSUER = "identity"
# A key that is taken back is refused everywhere within seconds of the shortest pause (AUTH-10).
PAUSE = 1.0
# Tokens with made-up kids make us ask no oftener than this.
SHORTEST = 0.2
UNHEARD = (Refusal, ValueError, KeyError, TypeError, AttributeError)

log = structlog.get_logger()


class PublishedKeys:
    """Asked for all the time, and at once when a token names a key that was never seen.

    The parts' trust counts too: what identity signed with its own key before it published any
    stays good through an update.  While identity is away, what was heard last holds.
    """

    def __init__(
        self,
        trust: Keys,
        ask: Callable[[], Awaitable[Any]],
        pause: float = PAUSE,
        tick: Callable[[], float] = monotonic,
    ) -> None:
        self._trust = trust
        self._ask = ask
        self._pause = pause
        self._tick = tick
        self._known: dict[str, OKPKey] = {}
        self._asked: float | None = None
        self._was_heard = False
        self._turn = asyncio.Lock()

    def find(self, kid: str) -> OKPKey | None:
        return self._known.get(kid) or self._trust.find(kid)

    async def meet(self, token: str) -> None:
        """Learn the key that a token names; refuses to guess before identity ever answered."""
        kid = kid_of(token)
        if part_of(kid) != ISSUER or self.find(kid) is not None:
            return
        came = self._tick()
        async with self._turn:
            if self._asked is None or self._asked < came:
                await self._rest(came)
                await self.look_if_possible()
        if not self._was_heard:
            raise Unavailable("系统正在启动，请几秒后再试。", retry_after=2)

    async def follow(self) -> None:
        """Ask for ever; an identity that is away is asked again at the same pace."""
        while True:
            await asyncio.sleep(self._pause)
            async with self._turn:
                await self.look_if_possible()

    async def look(self) -> None:
        """Ask once; raises what the asking raises."""
        self._asked = self._tick()
        self._known = public_keys(await self._ask())
        self._was_heard = True

    async def look_if_possible(self) -> None:
        """Ask once; an identity that is away changes nothing."""
        try:
            await self.look()
        except UNHEARD as error:
            log.warning("keys.unheard", reason=type(error).__name__)

    async def _rest(self, came: float) -> None:
        since = came - self._asked if self._asked is not None else SHORTEST
        await asyncio.sleep(max(0.0, SHORTEST - since))
