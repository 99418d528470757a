"""A part takes no more at once than it can answer soon; the rest hears at once when to come back.

Without it a crowd would wait in line until everybody's time is over, and be served too late.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.edge.problems import problem
from services.chassis.kernel.refusals import Unavailable

# One process on one core answers this many ordinary requests well within a second.
MOST = 64
RETRY_AFTER = 2
# Probes and figures are wanted most when there is most to do.
ALWAYS = frozenset({"/livez", "/readyz", "/metrics"})
STREAM = b"text/event-stream"


class Admission:
    """Counts requests until their answer is whole; one that streams events counts no longer."""

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self.app = app
        self.most = most
        self.under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self.app(scope, receive, send)
            return
        if self.under_way >= self.most:
            await _refuse(scope, send)
            return
        place = _Place(self)
        try:
            await self.app(scope, receive, place.sending(send))
        finally:
            place.leave()


class _Place:
    """One of the places; left once, however often that is said."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._is_taken = True
        admission.under_way += 1

    def leave(self) -> None:
        if self._is_taken:
            self._is_taken = False
            self._admission.under_way -= 1

    def sending(self, send: Send) -> Send:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and _streams(message):
                self.leave()
            await send(message)

        return watched


def _streams(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(STREAM)
        for name, value in message.get("headers", ())
    )


async def _refuse(scope: Scope, send: Send) -> None:
    refusal = Unavailable("系统繁忙，请稍等几秒再试。", retry_after=RETRY_AFTER)
    given = (value for name, value in scope["headers"] if name == b"x-request-id")
    status, headers, body = problem(refusal, next(given, b"").decode("latin-1"))
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    if any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]):
        # Nobody read the body, which would be taken for the next request.
        pairs.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
