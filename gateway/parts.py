"""Everything that lives as long as the process serves, and the sweep that ends every wait."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gateway.clients import Clients
from gateway.credentials import Assertions, Tokens
from gateway.docs import Docs
from gateway.exchange import Clock
from gateway.gate import Gate
from gateway.identity import Identity
from gateway.inbound import Doorway
from gateway.limits import Buckets
from gateway.local import LocalAnswers
from gateway.oauth import metadata
from gateway.openapi import Documents
from gateway.partners import Partners
from gateway.passage import Passage
from gateway.proxy import Upstreams
from gateway.reports import Reports
from gateway.request_log import RequestLog
from gateway.revocations import Revocations
from gateway.routes import Router
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.telemetry import Telemetry
from services.chassis.edge.assertions import load_key, load_trust
from services.chassis.edge.peers import open_session
from services.chassis.edge.published import PublishedKeys

if TYPE_CHECKING:
    from gateway.wire import Connection

# How late a wait may be ended.
SWEEP_SECONDS = 0.1


class Parts:
    """The composition root; made inside the running loop."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        key, trust = load_key(settings.private_key), load_trust(settings.trust)
        self.most = settings.max_in_flight
        self.body_seconds = settings.body_seconds
        self.connections: set[Connection] = set()
        self.clock = Clock()
        self.date_line = b""
        self.session = open_session()
        self.identity = Identity(self.session, settings.identity_url, key, now)
        self.revocations = Revocations(self.identity, settings.revocation_pause, now)
        self.keys = PublishedKeys(trust, self.identity.user_keys, settings.revocation_pause)
        self.tokens = Tokens(trust, self.keys, self.revocations, now)
        self.sessions = Sessions(self.identity, self.tokens, now)
        self.revocations.on_ended(self.sessions.forget)
        host = urlsplit(settings.public_url).hostname or ""
        self.doorway = Doorway((host, *settings.extra_hosts), settings.trusted_proxies)
        self.router = Router(settings.services)
        self.clients = Clients(self.identity, now)
        self.revocations.on_directory(self.clients.heed)
        self.partners = Partners(settings, self.clients, self.identity)
        buckets = Buckets(settings.limits_factor)
        self.gate = Gate(self.tokens, self.sessions, self.partners, buckets, time.monotonic)
        self.upstreams = Upstreams(settings.services, settings.max_in_flight_per_service)
        self.passage = Passage(settings, self.upstreams, Assertions(key, now))
        self.reports = Reports(self.identity, settings.report_pause, now)
        self.telemetry = Telemetry(self.revocations.silent_for)
        self.request_log = RequestLog(time.time)
        documents = Documents(
            self.session, settings.services, self.router, settings.openapi_seconds, time.monotonic
        )
        self.local = LocalAnswers(
            Docs(settings.swagger_dir),
            documents,
            self.revocations,
            self.telemetry,
            metadata(settings.public_url),
        )
        self._sweep()

    async def run(self, stack: AsyncExitStack) -> None:
        """Start what works in the background, and see to its end."""
        stack.push_async_callback(self.session.close)
        stack.callback(self.upstreams.close)
        stack.callback(self.request_log.flush)
        stack.push_async_callback(self.reports.tell)
        await self.revocations.look_before_serving()
        await self.keys.look_if_possible()
        for work in (
            self.revocations.follow(),
            self.keys.follow(),
            self.reports.tell_for_ever(),
            self._sweep_for_ever(),
        ):
            stack.push_async_callback(_end, asyncio.create_task(work))

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._sweep()

    def _sweep(self) -> None:
        self.clock.now = now = time.monotonic()
        self.date_line = f"date: {formatdate(time.time(), usegmt=True)}\r\n".encode()
        for connection in tuple(self.connections):
            connection.look(now)
        self.upstreams.drop_old(now)
        self.request_log.flush()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
