"""The wire to the database is slow, deaf or cut: a clear answer in time, and back by itself.

OVR-02 and DUR-02 for one service in this process; the wire is a small proxy.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from asgi_lifespan import LifespanManager

from services.chassis.data import store
from tests import probe
from tests.clusters import TestDatabase
from tests.faults.chaos import Wire, wire
from tests.people import LI
from tests.vouching import vouch


@dataclass(frozen=True, slots=True)
class Wired:
    """A service whose database is at the other end of a wire."""

    client: httpx.AsyncClient
    line: Wire
    headers: dict[str, str]

    async def list(self) -> httpx.Response:
        return await self.client.get("/notes", headers=self.headers)

    async def write(self, key: str) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": key}
        return await self.client.post("/notes", json={"text": key}, headers=headers)

    async def until_well(self) -> None:
        end = time.monotonic() + 10
        while (await self.list()).status_code != 200:
            assert time.monotonic() < end
            await asyncio.sleep(0.1)


@pytest.fixture
async def wired(
    database: TestDatabase, keys_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Wired]:
    monkeypatch.setattr(store, "ANSWER_TIMEOUT", 1.0)
    parts = urlsplit(probe.create_schema(database.admin_url))
    async with wire(parts.hostname or "", parts.port or 5432) as line:
        log_in = parts.netloc.rpartition("@")[0]
        through = parts._replace(netloc=f"{log_in}@127.0.0.1:{line.address[1]}")
        settings = probe.settings(urlunsplit(through), keys_dir, tmp_path, loop_pause=30)
        app = probe.create_app(settings)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            LifespanManager(app),
            httpx.AsyncClient(transport=transport, base_url="http://probe/v1") as client,
        ):
            made = Wired(client, line, vouch(keys_dir, "probe", probe.TODAY)(LI))
            assert (await made.list()).status_code == 200
            yield made


async def test_a_slow_wire_is_only_slow(wired: Wired):
    wired.line.delay = 0.05

    assert (await wired.write("a-slow-but-sure-key")).status_code == 201


async def test_a_cut_wire_is_an_honest_refusal_and_mends_itself(wired: Wired):
    wired.line.refuses = True
    wired.line.cut()
    refused = await wired.write("a-key-for-a-cut-wire")
    wired.line.refuses = False

    await wired.until_well()
    written = await wired.write("a-key-for-a-cut-wire")

    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
    assert refused.headers["Retry-After"].isdigit()
    assert written.status_code == 201


async def test_a_deaf_wire_ends_in_time_and_keeps_no_connection_for_ever(wired: Wired):
    wired.line.hears.clear()
    began = time.monotonic()
    refused = await asyncio.gather(*(wired.write(f"a-key-for-a-deaf-wire-{n}") for n in range(8)))
    took = time.monotonic() - began
    wired.line.cut()
    wired.line.hears.set()

    await wired.until_well()
    written = await wired.write("a-key-for-a-deaf-wire-0")

    assert {answer.status_code for answer in refused} == {503}
    assert took < 20
    assert written.status_code == 201
