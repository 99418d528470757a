"""Is the process alive, and is it ready?  A failed check gives its name and no secret (OPS-03)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

import orjson
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

# Answers None when all is well, otherwise what is wrong, as a sentence for an operator.
Check = Callable[[], Awaitable[str | None]]

SECONDS = 3.0
FINE = "正常"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    ok: bool
    detail: str


class Health:
    """Answers ``/livez`` and ``/readyz`` before anything else is asked of the request.

    ``warnings`` are shown among the checks, but a process that is warned of goes on serving:
    taking it away would make a part's trouble everybody's.
    """

    def __init__(
        self,
        app: ASGIApp,
        checks: Mapping[str, Check],
        seconds: float = SECONDS,
        warnings: Mapping[str, Check] | None = None,
    ) -> None:
        self.app = app
        self.checks = checks
        self.warnings = warnings or {}
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/livez":
            await _answer(send, 200, {"alive": True})
        elif scope["type"] == "http" and scope["path"] == "/readyz":
            found = await readiness({**self.checks, **self.warnings}, self.seconds)
            ready = all(one.ok for one in found if one.check in self.checks)
            shown = {"ready": ready, "checks": [asdict(one) for one in found]}
            await _answer(send, 200 if ready else 503, shown)
        else:
            await self.app(scope, receive, send)


async def readiness(checks: Mapping[str, Check], seconds: float = SECONDS) -> list[Finding]:
    """Every check's answer, asked at once; one that fails or hangs spoils nothing but itself."""
    asked = (_ask(name, check, seconds) for name, check in checks.items())
    return list(await asyncio.gather(*asked))


def calendar_check(published: Callable[[], frozenset[int]], today: Callable[[], date]) -> Check:
    """The calendar of this year is known, so that deadlines can be counted."""

    async def check() -> str | None:
        year = today().year
        known = year in published()
        return None if known else f"还没有 {year} 年的放假安排，期限暂时无法准确计算。"

    return check


async def _ask(name: str, check: Check, seconds: float) -> Finding:
    try:
        async with asyncio.timeout(seconds):
            wrong = await check()
            return Finding(name, wrong is None, wrong or FINE)
    except Exception as error:  # whatever it is, it means "not ready"
        log.warning("readiness", check=name, error=type(error).__name__)
        return Finding(name, False, f"检查没有完成（{type(error).__name__}）。")


async def _answer(send: Send, status: int, document: object) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps(document)})
