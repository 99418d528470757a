"""How long a request may still take: set at the gateway, handed on smaller at each hop."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic

from starlette.types import ASGIApp, Receive, Scope, Send

from services.chassis.edge.problems import problem
from services.chassis.kernel.refusals import OutOfTime

HEADER = "X-Deadline-Ms"
LONGEST = 300.0
DEFAULT = 10.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """The instant, on this process's own clock, by which the answer must be out."""

    at: float
    clock: Callable[[], float] = monotonic

    @property
    def left(self) -> float:
        """Seconds; never below nothing."""
        return max(0.0, self.at - self.clock())


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def within(seconds: float) -> Deadline:
    return Deadline(monotonic() + min(seconds, LONGEST))


def current_deadline() -> Deadline:
    """The running request's deadline; outside a request, a short one of its own."""
    return _current.get() or within(DEFAULT)


class DeadlineBudget:
    """Reads the deadline that the caller set and refuses what is already too late."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((v for n, v in scope["headers"] if n.lower() == b"x-deadline-ms"), b"")
        seconds = int(given[:9]) / 1000 if given.isdigit() else DEFAULT
        if seconds <= 0:
            await _too_late(send)
            return
        token = _current.set(within(seconds))
        try:
            await self.app(scope, receive, send)
        finally:
            _current.reset(token)


async def _too_late(send: Send) -> None:
    status, headers, body = problem(OutOfTime("等待时间已用完，请稍后重试。"))
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
