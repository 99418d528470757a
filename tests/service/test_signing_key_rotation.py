"""Keys change under load, and nobody's request fails but that of a key which was taken back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn

from deploy.rotate_part_key import publish, sign, withdraw
from gateway.settings import Settings as GatewaySettings
from services.chassis.edge.assertions import kid_of
from services.chassis.kernel.actors import SYSTEM
from services.identity.app import create_app
from services.identity.domain.signing_keys import State, key_id_of
from services.identity.usecases.signing_keys.list_signing_keys import list_signing_keys
from services.identity.usecases.signing_keys.revoke_signing_key import revoke_signing_key
from services.identity.usecases.signing_keys.rotate_signing_key import rotate_signing_key
from tests.service.gateway_rig import QuietServer, free_port, serving
from tests.service.identity_rig import PHONE, identity_settings

LEAD = 1.2  # seconds between publishing a key and signing with it
A_SECOND = 20  # requests
TAKEN_BACK_WITHIN = 5.0
# The promise is one second; a request under way on a busy machine is given another half.
GONE_WITHIN = 1.5


@dataclass
class Asked:
    """What became of one request: when, with which key, and how it was answered."""

    at: float
    kid: str
    status: int


@dataclass
class Pair:
    """A real identity and the gateway before it, on real sockets."""

    url: str
    app: Any
    client: aiohttp.ClientSession
    asked: list[Asked] = field(default_factory=list)

    async def ask(self, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.client.get(f"{self.url}/me", headers=headers) as answer:
            await answer.read()
            self.asked.append(Asked(time.monotonic(), kid_of(token), answer.status))
            return answer.status

    async def post(self, path: str, **body: str) -> dict[str, Any]:
        async with self.client.post(f"{self.url}{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            return dict(await answer.json())

    async def log_in(self) -> dict[str, Any]:
        await self.post("/phone-codes", phone=PHONE)
        code = self.app.state.code_sender.shown()[0].code
        return await self.post("/worker-sessions", phone=PHONE, code=code)

    async def published(self) -> list[str]:
        async with self.client.get(f"{self.url}/jwks") as answer:
            assert answer.headers["cache-control"] == "public, max-age=60"
            return [key["kid"] for key in (await answer.json())["keys"]]

    async def rotate(self) -> None:
        async with self.app.state.store.begin(SYSTEM) as tx:
            await rotate_signing_key(tx, self.app.state.policy.rotation)

    async def revoke(self, kid: str) -> None:
        key_id = key_id_of(kid)
        assert key_id is not None
        async with self.app.state.store.begin(SYSTEM) as tx:
            await revoke_signing_key(tx, key_id, "lost")

    async def states(self) -> list[State]:
        async with self.app.state.store.begin(SYSTEM) as tx:
            keys = await list_signing_keys(tx, self.app.state.policy.rotation)
        return [key.state for key in keys]


@pytest.fixture
async def pair(database, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Pair]:
    settings = identity_settings(database, keys_dir, tmp_path, signing_key_lead_seconds=LEAD)
    async with _identity(settings) as (app, identity_url):
        gateway = GatewaySettings(
            mode="local",
            private_key=keys_dir / "gateway.jwk",
            trust=keys_dir / "trust.jwks",
            services={"identity": identity_url},
            identity_url=identity_url,
            limits_factor=1000,
        )
        async with serving(gateway) as (_, port), aiohttp.ClientSession() as client:
            yield Pair(f"http://127.0.0.1:{port}/api/identity/v1", app, client)


@asynccontextmanager
async def _identity(settings: Any) -> AsyncIterator[tuple[Any, str]]:
    app, port = create_app(settings), free_port()
    server = QuietServer(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    try:
        yield app, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def _keep_asking(pair: Pair, session: dict[str, Any], stop: asyncio.Event) -> None:
    """Somebody at work: asks all the time, and renews the token twice a second."""
    number = 0
    while not stop.is_set():
        number += 1
        if number % (A_SECOND // 2) == 0:
            session |= await pair.post("/tokens", refresh_token=session["refresh_token"])
        await pair.ask(session["access_token"])
        await asyncio.sleep(1 / A_SECOND)


async def _until(pair: Pair, session: dict[str, Any], other_than: str, seconds: float = 10) -> str:
    """The key with which the session's token is signed, once it is another one."""
    end = time.monotonic() + seconds
    while (kid := kid_of(session["access_token"])) == other_than:
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    return kid


async def test_keys_rotate_twice_and_one_is_revoked_without_a_failed_request(pair: Pair) -> None:
    session = await pair.log_in()
    first = kid_of(session["access_token"])
    stop = asyncio.Event()
    working = asyncio.create_task(_keep_asking(pair, session, stop))

    await pair.rotate()
    second = await _until(pair, session, first)
    await pair.rotate()
    third = await _until(pair, session, second)
    old = dict(session)
    states = await pair.states()
    revoked_at = time.monotonic()
    await pair.revoke(third)
    while await pair.ask(old["access_token"]) != 401:
        assert time.monotonic() < revoked_at + TAKEN_BACK_WITHIN
        await asyncio.sleep(0.05)
    fourth = await _until(pair, session, third)
    await asyncio.sleep(0.5)
    stop.set()
    await working

    assert states == [State.RETIRED, State.RETIRED, State.CURRENT]
    assert await pair.states() == [State.RETIRED, State.RETIRED, State.REVOKED, State.CURRENT]
    assert await pair.published() == [first, second, fourth]
    failed = [one for one in pair.asked if one.status != 200]
    assert {(one.kid, one.status) for one in failed} == {(third, 401)}
    assert min(one.at for one in failed) > revoked_at
    assert {one.kid for one in pair.asked} == {first, second, third, fourth}


@pytest.mark.prove
async def test_a_part_changes_its_own_key_without_a_failed_request(
    pair: Pair, keys_dir: Path
) -> None:
    names = ("gateway.jwk", "trust.jwks")
    kept = {keys_dir / name: (keys_dir / name).read_bytes() for name in names}
    session = await pair.log_in()
    stop = asyncio.Event()
    working = asyncio.create_task(_keep_asking(pair, session, stop))
    try:
        for step in (publish, sign, withdraw):
            step(keys_dir, "gateway")
            await asyncio.sleep(1.4)
        stop.set()
        await working
    finally:
        for path, content in kept.items():
            path.write_bytes(content)

    assert {one.status for one in pair.asked} == {200}


async def test_logging_out_everywhere_ends_tokens_in_use_within_a_second(pair: Pair) -> None:
    """AUTH-06, through the real gateway and the real identity, while requests keep coming."""
    session = await pair.log_in()
    token = session["access_token"]
    assert await pair.ask(token) == 200

    headers = {"Authorization": f"Bearer {token}"}
    async with pair.client.delete(f"{pair.url}/sessions", headers=headers) as answer:
        assert answer.status == 204
    ended = time.monotonic()
    while await pair.ask(token) == 200:  # noqa: ASYNC110  # it is the answers that tell
        await asyncio.sleep(0.02)

    assert time.monotonic() - ended < GONE_WITHIN
    body = {"refresh_token": session["refresh_token"]}
    async with pair.client.post(f"{pair.url}/tokens", json=body) as answer:
        assert answer.status == 401
