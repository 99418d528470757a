"""Facts reach their hearers at least once and in order; deadlines fire, and fire again."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from asgi_lifespan import LifespanManager
from sqlalchemy import func, select

from services.chassis.data import outbox
from services.chassis.data.deadlines import fire_one
from services.chassis.data.inbox import Heard
from services.chassis.data.store import Store, open_store
from services.chassis.data.tx import Tx
from services.chassis.edge.courier import Fact, envelope, read_secrets, sign
from services.chassis.edge.settings import ServiceSettings
from services.chassis.kernel.clock import utc_now
from tests import probe
from tests.clusters import TestDatabase

A, B = uuid4(), uuid4()


class Clock:
    def __init__(self) -> None:
        self.now = probe.TODAY

    def __call__(self):
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> ServiceSettings:
    return probe.settings(probe.create_schema(database.admin_url), keys_dir, tmp_path)


@pytest.fixture
async def store(settings: ServiceSettings, clock: Clock) -> AsyncIterator[Store]:
    tells = {"probe.note.written": ("ears", "eyes")}
    store = await open_store(settings, "probe", probe.TABLES, tells, clock)
    yield store
    await store.close()


async def tell(store: Store, *subjects: UUID) -> None:
    for subject in subjects:
        async with store.begin() as tx:
            await tx.emit(probe.NoteWritten(subject=subject))


class Ears:
    """A hearer that remembers, and can be deaf."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, UUID]] = []
        self.deaf_to: set[UUID] = set()

    async def __call__(
        self, hearer: str, deliveries: Sequence[outbox.Delivery]
    ) -> Mapping[int, str]:
        taken = [one for one in deliveries if one.subject not in self.deaf_to]
        self.heard += [(hearer, one.subject) for one in taken]
        return {one.seq: "status 500" for one in deliveries if one.subject in self.deaf_to}


async def drain(store: Store, ears: Ears) -> None:
    while await outbox.deliver(store, ears):
        pass


async def test_every_hearer_hears_every_fact_once(store):
    ears = Ears()
    await tell(store, A, B, A)

    await drain(store, ears)

    assert sorted(ears.heard) == sorted(
        [("ears", A), ("ears", B), ("ears", A), ("eyes", A), ("eyes", B), ("eyes", A)]
    )


async def test_a_deaf_hearer_holds_up_its_subject_and_no_other(store, clock):
    ears = Ears()
    ears.deaf_to = {A}
    await tell(store, A, A, B)
    await drain(store, ears)
    assert {subject for _, subject in ears.heard} == {B}

    ears.deaf_to = set()
    clock.now += timedelta(seconds=6)
    await drain(store, ears)

    assert [s for hearer, s in ears.heard if hearer == "ears"] == [B, A, A]


async def test_a_part_that_is_killed_twice_in_a_row_hears_within_seconds(store, clock):
    """Random kills found facts that waited five minutes after the second of two short absences."""
    ears = Ears()
    ears.deaf_to = {A}
    await tell(store, A)
    for _ in range(2):
        await drain(store, ears)
        clock.now += timedelta(seconds=3)

    ears.deaf_to = set()
    await drain(store, ears)

    assert [subject for _, subject in ears.heard] == [A, A]


async def test_a_relay_that_dies_between_posting_and_marking_posts_again(store, clock):
    await tell(store, A)
    first = await outbox.claim(store)
    assert len(first) == 2
    assert await outbox.claim(store) == []

    clock.now += outbox.LEASE + timedelta(seconds=1)
    again = await outbox.claim(store)

    assert {d.id for d in again} == {d.id for d in first}


async def test_two_relays_share_the_work_and_double_nothing(store):
    ears = Ears()
    await tell(store, *(uuid4() for _ in range(40)))

    await asyncio.gather(*(drain(store, ears) for _ in range(4)))

    assert len(ears.heard) == len(set(ears.heard)) == 80


async def test_a_fact_that_nobody_takes_for_three_days_is_given_up_and_pauses_its_subject(
    store, clock
):
    ears = Ears()
    ears.deaf_to = {A}
    await tell(store, A, A)
    for pause in (*outbox.PAUSES, timedelta()):
        await drain(store, ears)
        clock.now += pause

    d = store.tables.deliveries
    async with store.reads.connect() as connection:
        given_up = await connection.scalar(
            select(func.count()).select_from(d).where(d.c.given_up_at.is_not(None))
        )
        waiting = await connection.scalar(
            select(func.count()).select_from(d).where(d.c.attempts == 0)
        )
    assert (given_up, waiting) == (2, 2)


async def test_hearing_a_fact_twice_acts_once_and_a_forged_fact_not_at_all(settings):
    heard: list[Heard] = []

    async def on_note_written(tx: Tx, fact: Heard) -> None:
        heard.append(fact)

    app = probe.create_app(settings, hears={"elsewhere.note.written": on_note_written})
    secrets = read_secrets(settings.webhook_secret_file)
    fact = Fact(uuid4(), "elsewhere", "elsewhere.note.written", A, probe.TODAY, {"n": 1}, 7)
    body = envelope(fact)
    headers = sign(fact.id, body, secrets, utc_now())
    transport = httpx.ASGITransport(app)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://probe") as client,
    ):
        first = await client.post("/events", content=body, headers=headers)
        second = await client.post("/events", content=body, headers=headers)
        forged = await client.post("/events", content=body.replace(b"1", b"2"), headers=headers)

    assert (first.status_code, second.status_code, forged.status_code) == (204, 204, 401)
    assert [(f.subject, f.data, f.sequence) for f in heard] == [(A, {"n": 1}, 7)]


async def test_a_deadline_fires_once_and_its_handler_may_set_it_anew(store, clock):
    fired = []

    async def on_review_overdue(tx: Tx, subject: UUID) -> None:
        fired.append(tx.now)
        if len(fired) == 1:
            await tx.remind("review", subject, tx.now + timedelta(days=1))

    async with store.begin() as tx:
        await tx.remind("review", A, clock.now + timedelta(days=1))
    handlers = {"review": on_review_overdue}
    assert not await fire_one(store, handlers)
    for _ in range(2):
        clock.now += timedelta(days=1)
        assert await fire_one(store, handlers)
        assert not await fire_one(store, handlers)
    clock.now += timedelta(days=9)

    assert not await fire_one(store, handlers)
    assert len(fired) == 2


async def test_a_failing_handler_is_put_off_and_holds_nobody_up(store, clock):
    fired = []

    async def handler(tx: Tx, subject: UUID) -> None:
        if subject == A:
            await tx.record("half", "note", subject)
            raise ValueError("not today")
        fired.append(subject)

    async with store.begin() as tx:
        await tx.remind("review", A, clock.now - timedelta(days=2))
        await tx.remind("review", B, clock.now - timedelta(days=1))
    with pytest.raises(ValueError, match="not today"):
        await fire_one(store, {"review": handler})

    assert await fire_one(store, {"review": handler})
    assert fired == [B]
    async with store.reads.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(store.tables.audit)) == 0
