"""Small ASGI middlewares for every part: how big, how slow, and what a browser may do with it."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.edge.problems import problem
from services.chassis.kernel.refusals import Malformed, OutOfTime, Refusal, TooLarge

BODY_LIMIT = 64 * 1024
BODY_SECONDS = 30.0
UPLOAD_LIMIT = 20 * 1024 * 1024

# An API answer is for programs: a browser must neither guess, frame nor keep it.
HEADERS: Mapping[bytes, bytes] = MappingProxyType(
    {
        b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"same-origin",
        b"cross-origin-opener-policy": b"same-origin",
        b"cross-origin-resource-policy": b"same-origin",
        b"cache-control": b"no-store",
    }
)
LOOSE_LIPPED = (b"server", b"x-powered-by")


class BaseHeaders:
    """Sets headers where the answer has none, and removes what would name our software."""

    def __init__(self, app: ASGIApp, headers: Mapping[bytes, bytes] = HEADERS) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [h for h in message["headers"] if h[0].lower() not in LOOSE_LIPPED]
                names = {name.lower() for name, _ in kept}
                added = [(n, v) for n, v in self.headers.items() if n not in names]
                message = {**message, "headers": [*kept, *added]}
            await send(message)

        await self.app(scope, receive, with_headers)


class BodyLimit:
    """Refuses bodies that are too big or too slow, announced or not (INP-02).

    ``larger`` names path prefixes with a limit of their own.  A body that outgrows its limit or
    its time on the way is cut off by an exception inside the application, and answered here.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int = BODY_LIMIT,
        larger: Mapping[str, int] | None = None,
        seconds: float = BODY_SECONDS,
    ) -> None:
        self.app = app
        self.limit = limit
        self.larger = dict(larger or {})
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        body = _Body(receive, limit, self.seconds)
        answer = _Answer(send, body)
        refusal = _announced(scope, limit)
        if refusal is None:
            try:
                await self.app(scope, body.receive, answer.send)
            except Exception:
                if body.refusal is None:
                    raise
            refusal = body.refusal
        if refusal is not None and not answer.has_begun:
            await _refuse(scope, refusal, send)

    def _limit(self, path: str) -> int:
        fitting = (size for prefix, size in self.larger.items() if path.startswith(prefix))
        return max(fitting, default=self.limit)


class BodyCut(Exception):
    """Ends the reading of a body inside the application; the middleware answers for it."""


class _Body:
    """Counts and times a body while the application reads it."""

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._seconds = seconds
        self._deadline: float | None = None
        self._seen = 0
        self._is_whole = False
        self.refusal: Refusal | None = None

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()
        loop = asyncio.get_running_loop()
        if self._deadline is None:
            self._deadline = loop.time() + self._seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self._cut(OutOfTime("内容上传过慢，连接已断开。请检查网络后重新提交。"))
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            self._cut(_too_large(self._limit))
        self._is_whole = not message.get("more_body", False)
        return message

    def _cut(self, refusal: Refusal) -> None:
        self.refusal = refusal
        raise BodyCut


class _Answer:
    """Holds back what the application says about a body that was cut under its hands."""

    def __init__(self, send: Send, body: _Body) -> None:
        self._send = send
        self._body = body
        self.has_begun = False

    async def send(self, message: Message) -> None:
        if self._body.refusal is not None and not self.has_begun:
            return
        self.has_begun = True
        await self._send(message)


def _announced(scope: Scope, limit: int) -> Refusal | None:
    """Whether the length that the caller gives is already reason enough."""
    given = [value for name, value in scope["headers"] if name.lower() == b"content-length"]
    if not given:
        return None
    if len(given) > 1 or not given[0].isdigit():
        return Malformed("请求的长度写法不正确，请检查后重试。")
    return _too_large(limit) if int(given[0][:20]) > limit else None


def _too_large(limit: int) -> TooLarge:
    size = f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit >> 10} KB"
    return TooLarge(f"提交的内容超过了上限 {size}，请减小后重新提交。", limit_bytes=limit)


async def _refuse(scope: Scope, refusal: Refusal, send: Send) -> None:
    given = (value for name, value in scope["headers"] if name == b"x-request-id")
    status, headers, body = problem(refusal, next(given, b"").decode("latin-1"))
    if isinstance(refusal, OutOfTime):
        status, body = 408, body.replace(b'"status":504', b'"status":408')
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    # What is left of the body would be read as the next request.
    pairs.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
