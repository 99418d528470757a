"""The gateway's composition root: a raw ASGI application."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.types import Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from gateway.answers import Outgoing, refused
from gateway.body import SenderGone
from gateway.clients import Clients
from gateway.credentials import Assertions, Tokens
from gateway.docs import Docs
from gateway.gate import Gate
from gateway.identity import Identity
from gateway.inbound import Call, Doorway, request_id_of
from gateway.limits import Buckets, tightest
from gateway.local import LocalAnswers
from gateway.oauth import metadata
from gateway.openapi import Documents
from gateway.partners import Partners
from gateway.passage import Passage
from gateway.proxy import Upstreams
from gateway.refusals import AddressRefused, Broken, http_status
from gateway.reports import Reports
from gateway.revocations import Revocations
from gateway.routes import FRONTEND, Match, Router
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.telemetry import Telemetry
from services.chassis.edge.assertions import load_key, load_trust
from services.chassis.edge.published import PublishedKeys
from services.chassis.edge.starting import from_environment
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Refusal, Unavailable

log = structlog.get_logger()
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
REPORTED = {401, 429}


class Parts:
    """Everything that lives as long as the process serves."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        key, trust = load_key(settings.private_key), load_trust(settings.trust)
        self.upstreams = Upstreams(settings.services, settings.max_in_flight_per_service)
        session = self.upstreams.session
        self.identity = Identity(session, settings.identity_url, key, now)
        self.revocations = Revocations(self.identity, settings.revocation_pause, now)
        self.keys = PublishedKeys(trust, self.identity.user_keys, settings.revocation_pause)
        self.tokens = Tokens(trust, self.keys, self.revocations, now)
        self.sessions = Sessions(self.identity, self.tokens, now)
        self.revocations.on_ended(self.sessions.forget)
        self.router = Router(settings.services)
        self.clients = Clients(self.identity, now)
        self.revocations.on_directory(self.clients.heed)
        self.partners = Partners(settings, self.clients, self.identity)
        buckets = Buckets(settings.limits_factor)
        self.gate = Gate(self.tokens, self.sessions, self.partners, buckets, monotonic)
        self.passage = Passage(settings, self.upstreams, Assertions(key, now))
        self.reports = Reports(self.identity, settings.report_pause, now)
        self.telemetry = Telemetry(self.revocations.silent_for)
        self.documents = Documents(
            session, settings.services, self.router, settings.openapi_seconds, monotonic
        )
        self.local = LocalAnswers(
            Docs(settings.swagger_dir),
            self.documents,
            self.revocations,
            self.telemetry,
            metadata(settings.public_url),
        )

    async def run(self, stack: AsyncExitStack) -> None:
        """Start what works in the background, and see to its end."""
        stack.push_async_callback(self.upstreams.close)
        stack.push_async_callback(self.reports.tell)
        await self.revocations.look_before_serving()
        await self.keys.look_if_possible()
        for work in (
            self.revocations.follow(),
            self.keys.follow(),
            self.reports.tell_for_ever(),
        ):
            stack.push_async_callback(_end, asyncio.create_task(work))


class Gateway:
    """One origin for everybody."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self._now = now
        host = urlsplit(settings.public_url).hostname or ""
        self._doorway = Doorway((host, *settings.extra_hosts), settings.trusted_proxies)
        self._parts: Parts | None = None
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            self._parts = Parts(self._settings, self._now)
            await self._parts.run(stack)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._parts is None:
            raise RuntimeError("the gateway was not started: its lifespan did not run")
        began = monotonic()
        out = Outgoing(send, request_id_of(scope["headers"]), scope["method"] == "HEAD")
        visit = Visit(self._parts, self._doorway, scope, receive, out)
        bound = bind_contextvars(part="gateway", request_id=out.request_id)
        self._under_way += 1
        self._parts.telemetry.in_flight.set(self._under_way)
        try:
            if self._under_way > self._settings.max_in_flight:
                raise Unavailable("系统繁忙，请稍等几秒再试。", retry_after=3)
            await visit.serve()
        except Refusal as refusal:
            await visit.refuse(refusal)
        except SenderGone:
            log.info("request.sender_gone")
        except Exception as error:
            log.error("request.broken", exc_info=error)
            await visit.refuse(Broken("系统出错，已经记录。如需求助请提供本次请求的编号。"))
        finally:
            self._under_way -= 1
            self._parts.telemetry.in_flight.set(self._under_way)
            visit.note(monotonic() - began)
            reset_contextvars(**bound)


class Visit:
    """One request from the door to the answer."""

    def __init__(
        self, parts: Parts, doorway: Doorway, scope: Scope, receive: Receive, out: Outgoing
    ) -> None:
        self._parts = parts
        self._doorway = doorway
        self._scope = scope
        self._receive = receive
        self._out = out
        self._call: Call | None = None
        self._match: Match | None = None

    async def serve(self) -> None:
        """Answer, here or through a service; raises the refusal."""
        if self._scope["path"] == "/livez":
            # Probes call a process by any name, so the host is not looked at.
            self._scope["headers"] = [(b"host", b"localhost")]
        self._call = call = self._doorway.read(self._scope, self._out.request_id)
        local = await self._parts.local.answer(call)
        if local is not None:
            await self._out.local(local)
            return
        self._match = match = self._parts.router.match(call.method, call.path)
        self._receive = await self._parts.gate.hear(call, match.rule, self._receive)
        try:
            person = await self._parts.gate.admit(call, match.rule)
        finally:
            reading = tightest(call.readings)
            self._out.extra = reading.headers() if reading else []
        await self._parts.passage.through(
            call, match, person, self._receive, self._out, _draining(self._scope)
        )
        changed = call.method in UNSAFE and self._out.status < 400
        if changed and match.service == "identity" and person and person.actor.session:
            # Who acts, and for which union, may have changed by this very request.
            self._parts.sessions.forget(person.actor.session)

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with the refusal, unless an answer has begun."""
        status = http_status(refusal)
        self._parts.telemetry.refused(refusal.code)
        if status in REPORTED or isinstance(refusal, AddressRefused):
            reason = str(refusal.context.get("limit", getattr(refusal, "why", "")))
            service = self._match.service if self._match else "gateway"
            self._parts.reports.note(refusal.code, reason, service, status)
        if self._out.has_begun:
            return
        is_page_route = self._match is None or self._match.service == FRONTEND
        page = is_page_route and self._call is not None and self._call.wants_page()
        close = self._call is None or self._call.has_body
        await self._out.local(refused(refusal, self._out.request_id, page=page, close=close))

    def note(self, seconds: float) -> None:
        """Leave a line in the log, and give back what the call held."""
        if self._call is not None:
            self._parts.partners.leave(self._call)
        method = self._scope["method"]
        self._parts.telemetry.done(method, self._call, self._match, self._out, seconds)


def _draining(scope: Any) -> asyncio.Event:
    event: asyncio.Event | None = scope.get("state", {}).get("draining")
    return event or asyncio.Event()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


def create_app(settings: Settings | None = None) -> Gateway:
    """The application, not yet started; a process of its own logs as every part does."""
    return Gateway(settings or from_environment(Settings, "gateway"))
