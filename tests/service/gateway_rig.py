"""A real gateway on a real socket, between a client and stand-ins for the parts behind it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import uvicorn
from aiohttp import web
from joserfc.jwk import KeySet, OKPKey

from gateway.app import create_app
from gateway.settings import Settings
from gateway.wire import server_options
from services.chassis.edge.assertions import (
    SigningKey,
    Trust,
    load_trust,
    read_actor,
    sign_client,
    sign_user,
)
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.ids import new_id

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
UNION = UUID("01930000-0000-7000-8000-000000000001")


def clerk() -> Actor:
    """A clerk with a fresh session."""
    return Actor(
        Kind.STAFF,
        new_id(),
        name="李经办",
        union_id=UNION,
        union_path=f"{UNION.hex}/",
        union_name="唐桥镇总工会",
        roles=frozenset({Role.CLERK}),
        auth="password+totp",
        session=new_id(),
    )


@dataclass
class StandIn:
    """One service behind the gateway: it answers what a test tells it and keeps what it heard."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, Handler] = field(default_factory=dict)
    port: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        handler = self.answers.get(request.path)
        if handler is not None:
            return await handler(request)
        body = await request.read()
        self.heard.append(
            {
                "method": request.method,
                "path": request.raw_path,
                "headers": {name.lower(): value for name, value in request.headers.items()},
                "body": body,
            }
        )
        return web.json_response({"heard": len(body)}, headers={"Server": "secret/1.0"})

    @property
    def last(self) -> dict[str, Any]:
        return self.heard[-1]


@dataclass
class IdentityStandIn(StandIn):
    """Identity, as far as the gateway speaks to it."""

    ended: list[UUID] = field(default_factory=list)
    browsers: dict[str, str] = field(default_factory=dict)
    exchanges: int = 0
    reported: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers |= {
            "/v1/revocations": self._revocations,
            "/v1/jwks": self._keys,
            "/v1/session-exchanges": self._exchange,
            "/v1/gateway-refusals": self._refusals,
        }

    async def _revocations(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        items = [
            {"sid": str(sid), "at": datetime.now(UTC).isoformat()} for sid in self.ended[after:]
        ]
        return web.json_response({"items": items, "next": str(len(self.ended))})

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": []})

    async def _exchange(self, request: web.Request) -> web.Response:
        self.exchanges += 1
        token = self.browsers.get((await request.json())["session"])
        if token is None:
            problem = {"type": "/problems/unauthenticated", "status": 401, "detail": "会话已结束。"}
            return web.json_response(problem, status=401)
        return web.json_response({"access_token": token, "expires_in": 600, "sid": ""})

    async def _refusals(self, request: web.Request) -> web.Response:
        self.reported.extend((await request.json())["items"])
        return web.Response(status=204)


@dataclass
class Rig:
    """Everything that a test holds in its hands."""

    port: int
    client: aiohttp.ClientSession
    identity: IdentityStandIn
    membership: StandIn
    frontend: StandIn
    keys: dict[str, SigningKey]
    trust: Trust
    server: uvicorn.Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, actor: Actor) -> str:
        return sign_user(self.keys["identity"], actor, datetime.now(UTC))

    def as_(self, actor: Actor) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(actor)}"}

    def as_frontend(self) -> dict[str, str]:
        assertion = sign_client(self.keys["frontend"], datetime.now(UTC))
        return {"X-Client-Assertion": assertion}

    def told(self, service: StandIn) -> Actor:
        """Whom the service was told about in the last request that it heard."""
        name = "membership" if service is self.membership else "identity"
        token = service.last["headers"]["authorization"].removeprefix("Bearer ")
        return read_actor(token, self.trust, name, datetime.now(UTC))

    async def raw(self, request: bytes, seconds: float = 5) -> bytes:
        """Send bytes as they are; what comes back until the other side is quiet or closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            await writer.drain()
            return await asyncio.wait_for(_until_silent(reader), seconds)
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def _until_silent(reader: asyncio.StreamReader) -> bytes:
    data = b""
    while True:
        try:
            piece = await asyncio.wait_for(reader.read(65536), 0.7 if data else 4)
        except TimeoutError:
            return data
        if not piece:
            return data
        data += piece


def make_keys(folder: Path) -> dict[str, SigningKey]:
    """A key for each part, and everybody's public keys beside them."""
    parts = ("gateway", "identity", "frontend", "membership")
    keys = {part: OKPKey.generate_key("Ed25519", {"kid": part}) for part in parts}
    for part, key in keys.items():
        (folder / f"{part}.jwk").write_text(json.dumps(key.as_dict(private=True)))
    public = KeySet(list(keys.values())).as_dict(private=False)
    (folder / "trust.jwks").write_text(json.dumps(public))
    return {part: SigningKey(part, key) for part, key in keys.items()}


@asynccontextmanager
async def standing_in(stand_in: StandIn) -> AsyncIterator[None]:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{any:.*}", stand_in.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.port = runner.addresses[0][1]
    try:
        yield
    finally:
        await runner.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def rig(folder: Path, **changed: Any) -> AsyncIterator[Rig]:
    """Start everything; ``changed`` are settings, ``services`` adds to or moves the stand-ins."""
    keys = make_keys(folder)
    identity, membership, frontend = IdentityStandIn(), StandIn(), StandIn()
    async with standing_in(identity), standing_in(membership), standing_in(frontend):
        services = {
            "identity": f"http://127.0.0.1:{identity.port}",
            "membership": f"http://127.0.0.1:{membership.port}",
            "frontend": f"http://127.0.0.1:{frontend.port}",
        } | changed.pop("services", {})
        settings = Settings(
            mode="local",
            private_key=folder / "gateway.jwk",
            trust=folder / "trust.jwks",
            public_url="http://niangjia.test",
            services=services,
            identity_url=services["identity"],
            **({"revocation_pause": 0.05, "report_pause": 0.1, "openapi_seconds": 0.0} | changed),
        )
        async with serving(settings) as (server, port), aiohttp.ClientSession() as client:
            yield Rig(
                port, client, identity, membership, frontend, keys,
                load_trust(folder / "trust.jwks"), server,
            )  # fmt: skip


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """The gateway under uvicorn with its own options, ready for requests."""
    options = server_options() | {"timeout_graceful_shutdown": 2}
    port = free_port()
    config = uvicorn.Config(
        create_app(settings), host="127.0.0.1", port=port, log_config=None, **options
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    try:
        yield server, port
    finally:
        server.should_exit = True
        await task


class QuietServer(uvicorn.Server):
    """One that leaves the signals to the test run, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()
