"""Facts that come twice, late, mixed up, unknown or with more in them end in the same state."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from asgi_lifespan import LifespanManager
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.data.inbox import Heard
from services.chassis.data.tx import Tx
from services.chassis.edge.courier import Fact, batch_envelope, read_secrets, sign
from services.chassis.kernel.clock import utc_now
from tests import probe
from tests.clusters import TestDatabase

WRITTEN, UNKNOWN = "elsewhere.note.written", "elsewhere.note.sung"
SUBJECTS = [UUID(int=n) for n in (1, 2, 3)]


class Consumer:
    """Keeps the latest of each subject by its sequence, as the documentation tells consumers to."""

    def __init__(self) -> None:
        self.latest: dict[UUID, tuple[int, str]] = {}
        self.acts = 0

    async def __call__(self, tx: Tx, fact: Heard) -> None:
        self.acts += 1
        known = self.latest.get(fact.subject, (0, ""))
        self.latest[fact.subject] = max(known, (fact.sequence, str(fact.data["text"])))


@pytest.fixture
async def heard(
    database: TestDatabase, keys_dir: Path, tmp_path: Path
) -> AsyncIterator[tuple[Consumer, httpx.AsyncClient, tuple[str, ...]]]:
    consumer = Consumer()
    told = probe.settings(probe.create_schema(database.admin_url), keys_dir, tmp_path)
    app = probe.create_app(told, utc_now, hears={WRITTEN: consumer})
    transport = httpx.ASGITransport(app)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://probe") as client,
    ):
        yield consumer, client, read_secrets(told.webhook_secret_file)


def facts() -> list[Fact]:
    """Two for each subject, one of a topic that nobody knows, one with a field of tomorrow."""
    return [
        Fact(
            uuid4(),
            "elsewhere",
            UNKNOWN if number == 6 else WRITTEN,
            SUBJECTS[number % 3],
            probe.TODAY,
            {"text": f"text {number}", **({"tomorrow": [1]} if number == 4 else {})},
            number + 1,
        )
        for number in range(7)
    ]


@given(order=st.permutations(range(7)), again=st.lists(st.integers(0, 6)), lot=st.integers(1, 5))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_order_with_any_repetition_ends_in_the_same_state(heard, order, again, lot):
    consumer, client, secrets = heard
    consumer.latest, consumer.acts = {}, 0
    made = facts()
    coming = [made[number] for number in (*order, *again)]

    for start in range(0, len(coming), lot):
        some = coming[start : start + lot]
        body = batch_envelope(some)
        headers = sign(some[0].id, body, secrets, utc_now())
        assert (await client.post("/events", content=body, headers=headers)).status_code == 204

    assert consumer.latest == {
        SUBJECTS[0]: (4, "text 3"),
        SUBJECTS[1]: (5, "text 4"),
        SUBJECTS[2]: (6, "text 5"),
    }
    assert consumer.acts == 6


async def test_one_fact_that_fails_fails_alone_and_holds_its_subject_back(heard):
    consumer, client, secrets = heard
    made = facts()
    broken = Fact(uuid4(), "elsewhere", WRITTEN, SUBJECTS[0], probe.TODAY, {}, 1)
    body = batch_envelope([broken, *made[:6]])
    headers = sign(broken.id, body, secrets, utc_now())

    answer = await client.post("/events", content=body, headers=headers)

    assert answer.json() == {
        "refused": {
            str(broken.id): "KeyError",
            str(made[0].id): "waits for an earlier one",
            str(made[3].id): "waits for an earlier one",
        }
    }
    assert set(consumer.latest) == {SUBJECTS[1], SUBJECTS[2]}
