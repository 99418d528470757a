"""Whoever guesses learns nothing from the time it takes, and cannot take the service down."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import httpx
import psutil
import pytest

from services.identity.store.password_hashes import PasswordHashes
from tests.clusters import TestDatabase
from tests.service.identity_rig import Rig, identity_rig

TRIES = 200
MIB = 1024 * 1024
ALIKE = 0.010  # seconds between the medians (AUTH-02)


@pytest.fixture
async def identity(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


async def timed(identity, account):
    began = time.perf_counter()
    body = {"account": account, "password": "not-the-password", "code": "000000"}
    await identity.client.post("/staff-sessions", json=body, headers=identity.as_())
    return time.perf_counter() - began


@pytest.mark.prove
async def test_a_name_that_is_nobodys_takes_as_long_as_one_that_is(identity):
    await identity.staff("li.jingban")
    times = {"li.jingban": [], "nobody.here": []}

    for _ in range(TRIES):
        for account, taken in times.items():
            taken.append(await timed(identity, account))
            identity.clock.turn(days=2)

    known, unknown = (median(taken) for taken in times.values())
    assert abs(known - unknown) < ALIKE


class Counting(PasswordHashes):
    """Counts how often a password was compared with a hash."""

    compared = 0

    def _verify(self, hashed: str, password: str) -> bool:
        self.compared += 1
        return super()._verify(hashed, password)


async def test_a_name_that_is_nobodys_costs_the_same_hash_as_one_that_is(identity):
    await identity.staff("li.jingban")
    identity.app.state.hashes = hashes = Counting()

    for compared, account in enumerate(("li.jingban", "nobody.here"), 1):
        await timed(identity, account)

        assert hashes.compared == compared


async def test_fifty_guesses_at_once_leave_the_service_answering(identity):
    transport = httpx.ASGITransport(identity.app)
    slowest, before = 0.0, psutil.Process().memory_info().rss
    guesses = [asyncio.create_task(timed(identity, f"guess.{n}")) for n in range(50)]

    async with httpx.AsyncClient(transport=transport, base_url="http://identity") as client:
        while not all(guess.done() for guess in guesses):
            began = time.perf_counter()
            assert (await client.get("/livez")).status_code == 200
            slowest = max(slowest, time.perf_counter() - began)
            await asyncio.sleep(0.02)

    assert slowest < 5.0, "it answers while it hashes, on however busy a machine"
    grown = psutil.Process().memory_info().rss - before
    assert grown < 100 * MIB, "two hashes at a time take 19 MiB each, and fifty would not fit"


async def test_guesses_that_find_no_turn_are_told_to_come_back(identity, monkeypatch):
    monkeypatch.setattr("services.identity.store.password_hashes.LONGEST_WAIT", 0.05)
    hashes = identity.app.state.hashes
    for _ in range(2):
        await hashes._turnstile.acquire()
    body = {"account": "li.jingban", "password": "whatever-it-is", "code": "000000"}

    response = await identity.client.post("/staff-sessions", json=body, headers=identity.as_())

    assert response.status_code == 503
    assert response.headers["retry-after"] == "3"
    assert identity.rows("select count(*) from identity.attempts") == [(0,)]


HOSTILE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b'{"account": null, "password": [], "code": {}}',
    b'{"account": "a\\ud800", "password": "\\ud800", "code": "123456"}',
    b'{"account": "a\\u0000", "password": "\\u0000", "code": "123456"}',
    b'{"account": "li", "password": "' + b"x" * 2000 + b'", "code": "123456"}',
    b'{"account": "li.jingban", "password": "x", "code": "12345a"}',
    b'{"account": "li.jingban", "password": "x", "code": "123456", "admin": true}',
    '{"account": "li.jingban", "password": "x", "code": "１２３４５６"}'.encode(),
    b"\xff\xfe\x00",
    b"[" * 5000,
]


@pytest.mark.parametrize("path", ["/staff-sessions", "/passwords", "/worker-sessions", "/tokens"])
async def test_hostile_input_is_refused_and_never_breaks_anything(identity, path):
    headers = identity.as_() | {"Content-Type": "application/json"}
    method = "PUT" if path == "/passwords" else "POST"

    for body in HOSTILE:
        answer = await identity.client.request(method, path, content=body, headers=headers)

        assert answer.status_code in {400, 401, 422}, body[:60]
        assert answer.headers["content-type"] == "application/problem+json"


async def test_hostile_passwords_of_the_right_shape_are_only_wrong(identity):
    for password in ("\x00", "'; drop table", "😀" * 100, "𝕒𝕓𝕔", " ", "\u200b"):
        body = {"account": "li.jingban", "password": password, "code": "123456"}
        answer = await identity.client.post("/staff-sessions", json=body, headers=identity.as_())
        assert answer.status_code == 401
