"""ASGI middleware that reads the assertion before anything else of a request is read."""

from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

from services.chassis.data.tx import Origin
from services.chassis.edge.assertions import Trust
from services.chassis.edge.heard import Heard
from services.chassis.edge.problems import problem
from services.chassis.kernel.refusals import Unauthenticated
from services.chassis.web.context import Caller

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

GUARDED = "/v1/"


class ActorMiddleware:
    """Everything under ``/v1/`` needs an assertion made for this service; the rest needs none."""

    def __init__(
        self, app: App, *, audience: str, trust: Trust, clock: Callable[[], datetime]
    ) -> None:
        self.app = app
        self.heard = Heard(trust, audience)
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(GUARDED):
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        origin = Origin(
            request_id=headers.get("x-request-id", "")[:64],
            address=headers.get("x-forwarded-for", "")[:64],
            traceparent=headers.get("traceparent", "")[:64],
        )
        try:
            token = _bearer(headers.get("authorization", ""))
            actor = self.heard.actor(token, self.clock())
        except Unauthenticated as refusal:
            await _refuse(refusal, origin.request_id, send)
            return
        scope["niangjia.caller"] = Caller(actor, origin, token)
        await self.app(scope, receive, send)


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("请先登录。")
    return token.strip()


async def _refuse(refusal: Unauthenticated, request_id: str, send: Send) -> None:
    status, headers, body = problem(refusal, request_id)
    pairs = [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
