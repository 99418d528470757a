"""Is the process alive, and is it ready?  A failed check gives its name and no secret (OPS-03)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date

import orjson
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

# Answers None when all is well, otherwise a short reason in English.
Check = Callable[[], Awaitable[str | None]]

SECONDS = 3.0

log = structlog.get_logger(__name__)


class Health:
    """Answers ``/livez`` and ``/readyz`` before anything else is asked of the request."""

    def __init__(self, app: ASGIApp, checks: Mapping[str, Check], seconds: float = SECONDS) -> None:
        self.app = app
        self.checks = checks
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/livez":
            await _answer(send, 200, {"alive": True})
        elif scope["type"] == "http" and scope["path"] == "/readyz":
            found = await readiness(self.checks, self.seconds)
            ready = all(reason == "ok" for reason in found.values())
            await _answer(send, 200 if ready else 503, {"ready": ready, "checks": found})
        else:
            await self.app(scope, receive, send)


async def readiness(checks: Mapping[str, Check], seconds: float = SECONDS) -> dict[str, str]:
    """Every check's answer, asked at once; one that fails or hangs spoils nothing but itself."""
    found = await asyncio.gather(*(_ask(name, check, seconds) for name, check in checks.items()))
    return dict(zip(checks, found, strict=True))


def calendar_check(published: Callable[[], frozenset[int]], today: Callable[[], date]) -> Check:
    """The calendar of this year is known, so that deadlines can be counted."""

    async def check() -> str | None:
        year = today().year
        return None if year in published() else f"calendar of {year} is missing"

    return check


async def _ask(name: str, check: Check, seconds: float) -> str:
    try:
        async with asyncio.timeout(seconds):
            return await check() or "ok"
    except Exception as error:  # whatever it is, it means "not ready"
        log.warning("readiness", check=name, error=type(error).__name__)
        return type(error).__name__


async def _answer(send: Send, status: int, document: object) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps(document)})
