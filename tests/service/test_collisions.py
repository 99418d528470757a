"""Many at once on the same rows and under the same keys (CON-01, CON-02, CON-07)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager
from fastapi import APIRouter
from sqlalchemy import text

from services.chassis.web.depends import CurrentActor, CurrentTx
from services.chassis.web.route import TRIES, UnitRoute
from tests import probe
from tests.clusters import TestDatabase
from tests.people import LI, ZHAO
from tests.vouching import vouch

KEY = "one-key-for-all-of-them"
ONE, OTHER = UUID(int=1), UUID(int=2)
router = APIRouter(prefix="/collisions", route_class=UnitRoute)


@router.put("/{first}/{second}")
async def raise_both(actor: CurrentActor, tx: CurrentTx, first: UUID, second: UUID) -> None:
    """Locks in the order of its path, which no use case of ours would."""
    for one in (first, second):
        statement = text("update probe.notes set version = version + 1 where id = :id")
        await tx.session.execute(statement, {"id": one})
        await asyncio.sleep(0.02)


@router.put("/hopeless")
async def hopeless(actor: CurrentActor, tx: CurrentTx) -> None:
    """A sequence remembers each try, whatever is rolled back."""
    await tx.session.execute(text("select nextval('probe.tries')"))
    blocked = "do $$ begin raise exception 'a deadlock' using errcode = '40P01'; end $$"
    await tx.session.execute(text(blocked))


class Clock:
    def __init__(self) -> None:
        self.now = probe.TODAY

    def __call__(self):
        return self.now


class Place:
    def __init__(self, client: httpx.AsyncClient, admin_url: str, as_, clock: Clock) -> None:
        self.client, self.admin_url, self.as_, self.clock = client, admin_url, as_, clock

    def sql(self, statement: str):
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            done = connection.execute(statement)
            return done.fetchone()[0] if done.description else None


@pytest.fixture
async def place(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Place]:
    settings = probe.settings(probe.create_schema(database.admin_url), keys_dir, tmp_path)
    clock = Clock()
    app = probe.create_app(settings, clock)
    app.include_router(router, prefix="/v1")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://probe/v1", timeout=60) as client,
    ):
        made = Place(client, database.admin_url, vouch(keys_dir, "probe", probe.TODAY), clock)
        made.sql(
            "insert into probe.notes (id, text, version) select"
            f" unnest(array['{ONE}', '{OTHER}']::uuid[]), '', 0"
        )
        made.sql("create sequence probe.tries")
        yield made


async def test_locks_taken_crosswise_never_end_in_a_500(place: Place):
    orders = [f"/collisions/{ONE}/{OTHER}", f"/collisions/{OTHER}/{ONE}"]

    answers = await asyncio.gather(
        *(place.client.put(orders[n % 2], headers=place.as_(LI)) for n in range(16))
    )

    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 503}
    assert all("Retry-After" in one.headers for one in answers if one.status_code == 503)
    assert place.sql("select sum(version) from probe.notes") == 2 * statuses[200]
    assert statuses[200] > 0


async def test_a_deadlock_that_comes_again_is_tried_three_times_and_then_a_503(place: Place):
    answer = await place.client.put("/collisions/hopeless", headers=place.as_(LI))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json()["type"] == "/problems/unavailable"
    assert place.sql("select last_value from probe.tries") == TRIES


async def test_fifty_at_once_with_one_key_have_one_effect_and_one_answer(place: Place):
    headers = place.as_(LI, idempotency_key=KEY)

    answers = await asyncio.gather(
        *(place.client.post("/notes", json={"text": "一"}, headers=headers) for _ in range(50))
    )

    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code in (409, 503)]
    assert len(done) + len(waiting) == 50
    assert len({answer.content for answer in done}) == 1
    assert all("Retry-After" in answer.headers for answer in waiting)
    assert place.sql("select count(*) from probe.notes where text = '一'") == 1
    assert place.sql("select count(*) from probe.outbox") == 1


async def test_a_key_belongs_to_its_caller(place: Place):
    first = await place.client.post(
        "/notes", json={"text": "一"}, headers=place.as_(LI, idempotency_key=KEY)
    )
    second = await place.client.post(
        "/notes", json={"text": "二"}, headers=place.as_(ZHAO, idempotency_key=KEY)
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


async def test_a_key_is_forgotten_after_three_days(place: Place, keys_dir: Path):
    async def write(words: str) -> httpx.Response:
        as_ = vouch(keys_dir, "probe", place.clock.now)
        headers = as_(LI, idempotency_key=KEY)
        return await place.client.post("/notes", json={"text": words}, headers=headers)

    first = await write("一")
    place.clock.now += timedelta(hours=71)
    again = await write("一")
    place.clock.now += timedelta(hours=2)
    fresh = await write("二")

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert fresh.status_code == 201
    assert fresh.json()["id"] != first.json()["id"]
