"""One log line for each request, and the names under which everything else logs meanwhile."""

from time import perf_counter
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.edge.metrics import Metrics
from services.chassis.edge.problems import problem
from services.chassis.edge.tracing import Trace, continue_trace, sane_request_id
from services.chassis.kernel.refusals import Unavailable

QUIET = frozenset({"/livez", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger(__name__)


class RequestLog:
    """Outermost middleware: gives the request its ids, logs and counts its answer.

    It is also the last to see an exception: the caller gets a problem document without a word of
    it, and the log gets its type and place.
    """

    def __init__(self, app: ASGIApp, *, part: str, metrics: Metrics | None = None) -> None:
        self.app = app
        self.part = part
        self.metrics = metrics or Metrics(part)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == "/metrics":
            await self._show_metrics(send)
        else:
            await self._watch(scope, receive, send)

    async def _watch(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id, trace = _name(scope)
        answer = _Answer(send, request_id)
        bound = structlog.contextvars.bind_contextvars(
            part=self.part,
            request_id=request_id,
            trace_id=trace.trace_id,
            span_id=trace.span_id,
            trace_flags=trace.flags,
        )
        self.metrics.begin()
        began = perf_counter()
        try:
            await self.app(scope, receive, answer.send)
        except Exception as error:
            log.error("request.crashed", exc_info=error)
            await answer.apologise()
        finally:
            seconds = perf_counter() - began
            self.metrics.end(_method(scope), _route(scope), answer.status, seconds)
            if scope["path"] not in QUIET:
                log.info("request", **_facts(scope, answer, seconds))
            structlog.contextvars.reset_contextvars(**bound)

    async def _show_metrics(self, send: Send) -> None:
        media_type, body = self.metrics.page()
        headers = [(b"content-type", media_type.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Answer:
    """Watches an answer go out and adds the request's id to it."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 499  # until told otherwise, the caller hung up
        self.has_begun = False
        self.bytes = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.has_begun = message["status"], True
            headers = [h for h in message["headers"] if h[0].lower() != b"x-request-id"]
            named = (b"x-request-id", self._request_id.encode())
            message = {**message, "headers": [*headers, named]}
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self._send(message)

    async def apologise(self) -> None:
        """Answer in place of what failed; an answer already under way cannot be taken back."""
        if self.has_begun:
            return
        sorry = Unavailable("系统出现意外，您的请求没有生效，请稍后重试或联系管理员。")
        _, headers, body = problem(sorry, self._request_id)
        body = body.replace(b'"status":503', b'"status":500')
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": 500, "headers": pairs})
        await self.send({"type": "http.response.body", "body": body})


def _name(scope: Scope) -> tuple[str, Trace]:
    """Give the request its id and trace, and let everything inside read them in its headers."""
    given = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    request_id = sane_request_id(given.get(b"x-request-id", ""))
    trace = continue_trace(given.get(b"traceparent", ""))
    ours = (b"x-request-id", b"traceparent")
    scope["headers"] = [
        *(pair for pair in scope["headers"] if pair[0].lower() not in ours),
        (b"x-request-id", request_id.encode()),
        (b"traceparent", trace.header.encode()),
    ]
    return request_id, trace


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "OTHER"


def _route(scope: Scope) -> str:
    """The route's template; a path that no route has is not told, it could say anything."""
    template: str = getattr(scope.get("route"), "path", "") or "(none)"
    return template


def _facts(scope: Scope, answer: _Answer, seconds: float) -> dict[str, Any]:
    actor = getattr(scope.get("niangjia.caller"), "actor", None)
    return {
        "method": _method(scope),
        "path": scope["path"],
        "route": _route(scope),
        "status": answer.status,
        "ms": round(seconds * 1000, 1),
        "bytes": answer.bytes,
        "actor": str(actor.id) if actor else "",
        "actor_kind": str(actor.kind) if actor else "",
    }
