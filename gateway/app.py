"""The gateway as a server sees it: something that starts, serves connections, and ends."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime

from starlette.types import Receive, Scope, Send

from gateway.parts import Parts
from gateway.settings import Settings
from services.chassis.edge.starting import from_environment
from services.chassis.kernel.clock import utc_now


class Gateway:
    """An ASGI application for its start and end only; ``wire`` serves the connections."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            raise RuntimeError("the gateway reads its connections itself: see gateway.wire")
        await receive()
        async with AsyncExitStack() as stack:
            parts = Parts(self._settings, self._now)
            await parts.run(stack)
            scope["state"]["parts"] = parts
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: Settings | None = None) -> Gateway:
    """The application, not yet started; a process of its own logs as every part does."""
    return Gateway(settings or from_environment(Settings, "gateway"))
