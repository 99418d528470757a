"""A real identity and a real gateway on sockets, and another system that calls through them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from gateway.settings import Settings
from services.chassis.edge.assertions import load_key, load_trust, read_actor, sign_actor
from services.chassis.kernel.actors import SYSTEM, Actor
from services.chassis.kernel.ids import new_id
from services.identity.app import create_app
from services.identity.domain.client import ClientKind, Terms
from services.identity.domain.client_keys import Validity
from services.identity.store import unions
from services.identity.usecases.clients.create_client import Contact, NewClient, create_client
from services.identity.usecases.clients.grant_scopes import grant_scopes
from services.identity.usecases.clients.make_secret import make_secret
from services.identity.usecases.clients.register_key import register_key
from tests.clusters import TestDatabase
from tests.partner import Partner
from tests.people import TOWN, TOWN_PATH
from tests.service.gateway_rig import QuietServer, StandIn, free_port, serving, standing_in
from tests.service.identity_rig import identity_settings

PUBLIC_URL = "http://niangjia.test"
HOST = {"Host": "niangjia.test"}
WRITE = "membership:applications.write"
HOOKS = "membership:webhooks.manage"
PAUSE = 0.05
TERMS = Terms((), 600, 20, requires_signature=False)


@dataclass
class Place:
    """What a test holds in its hands; ``client`` speaks to the gateway and to nobody else."""

    client: httpx.AsyncClient
    identity: FastAPI
    membership: StandIn
    keys: Path
    database: TestDatabase
    ports: tuple[int, ...]
    settings: Settings

    async def as_staff(
        self, method: str, path: str, actor: Actor, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Somebody of the staff speaks to identity past the gateway, as the gateway would."""
        assertion = sign_actor(load_key(self.keys / "gateway.jwk"), actor, "identity", _now())
        base = f"http://127.0.0.1:{self.ports[0]}/v1"
        sent = {"Authorization": f"Bearer {assertion}", "Idempotency-Key": f"key-{new_id()}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(base_url=base) as straight:
            return await straight.request(method, path, json=body, headers=sent | named)

    def told(self) -> Actor:
        """Whom membership was told about in the last request that it heard."""
        token = self.membership.last["headers"]["authorization"].removeprefix("Bearer ")
        return read_actor(token, load_trust(self.keys / "trust.jwks"), "membership", _now())

    async def partner(
        self, terms: Terms = TERMS, scopes: tuple[str, ...] = (WRITE, HOOKS), **other: Any
    ) -> Partner:
        """A registered system with a key, a secret and scopes, known to every gateway."""
        partner = Partner("", PUBLIC_URL, **other)
        contact = Contact("王接口", "13800001234")
        new = NewClient("顺路跑腿", ClientKind.PLATFORM, TOWN, contact, terms)
        async with self.identity.state.store.begin(SYSTEM) as tx:
            client_id = await create_client(SYSTEM, tx, new)
            await register_key(SYSTEM, tx, client_id, partner.jwk, Validity())
            made = await make_secret(SYSTEM, tx, client_id, Validity())
            await grant_scopes(SYSTEM, tx, client_id, 3, scopes)
        partner.id, partner.secret = str(client_id), made.secret
        await self.settle()
        return partner

    async def settle(self) -> None:
        """Long enough for the gateways to look at identity twice."""
        await asyncio.sleep(5 * PAUSE)

    async def token(self, partner: Partner, **other: Any) -> httpx.Response:
        form = partner.form(partner.assertion(_now()), **other)
        headers = HOST | {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.client.post("/api/identity/v1/oauth/token", content=form, headers=headers)

    async def bearer(self, partner: Partner) -> dict[str, str]:
        """The headers of a request with a fresh token."""
        answer = await self.token(partner)
        assert answer.status_code == 200, answer.text
        return HOST | {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def signed(
        self,
        partner: Partner,
        body: bytes = b"{}",
        path: str = "/api/membership/v1/applications/batches",
        **other: str,
    ) -> httpx.Response:
        headers = HOST | partner.sign(_now(), "POST", PUBLIC_URL + path, body) | other
        return await self.client.post(path, content=body, headers=headers)


@asynccontextmanager
async def open_place(
    database: TestDatabase, keys: Path, folder: Path, gateways: int = 1, **changed: Any
) -> AsyncIterator[Place]:
    """``changed`` are settings of the gateways; with several, the client speaks to the first."""
    identity = create_app(identity_settings(database, keys, folder, public_url=PUBLIC_URL))
    membership = StandIn()
    async with serving_app(identity) as port, standing_in(membership), AsyncExitStack() as stack:
        services = {
            "identity": f"http://127.0.0.1:{port}",
            "membership": f"http://127.0.0.1:{membership.port}",
            "frontend": "http://127.0.0.1:1",
        }
        settings = Settings(
            mode="local",
            private_key=keys / "gateway.jwk",
            trust=keys / "trust.jwks",
            public_url=PUBLIC_URL,
            services=services,
            identity_url=services["identity"],
            **({"revocation_pause": PAUSE, "report_pause": 0.1} | changed),
        )
        started = [await stack.enter_async_context(serving(settings)) for _ in range(gateways)]
        ports = (port, *(each for _, each in started))
        async with identity.state.store.begin(SYSTEM) as tx:
            await unions.put(tx, TOWN, TOWN_PATH, "唐桥镇总工会")
        base = f"http://127.0.0.1:{ports[1]}"
        async with httpx.AsyncClient(base_url=base, timeout=20) as client:
            yield Place(client, identity, membership, keys, database, ports, settings)


@asynccontextmanager
async def serving_app(app: FastAPI) -> AsyncIterator[int]:
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="on")
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    try:
        yield port
    finally:
        server.should_exit = True
        await task


def _now() -> datetime:
    return datetime.now(UTC)
