"""A client that is suspended is told nothing more by any part, until it resumes its hooks."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from services.chassis.data import hooks
from services.chassis.data.hooks import Wanted
from services.chassis.edge.courier import Fact, envelope, sign
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.hooks import Filter
from services.chassis.kernel.ids import new_id
from tests import people
from tests.clusters import TestDatabase
from tests.hooks_rig import client
from tests.people import SUN, TOWN, ZHOU
from tests.service import identity_rig, membership_rig
from tests.service.test_identity_clients import change, create

TOPIC = "identity.client.suspended"
STATES = "select client, state, disabled_reason from {}.webhooks order by client"


@pytest.fixture
async def identity(
    database: TestDatabase, keys_dir: Path, tmp_path: Path
) -> AsyncIterator[identity_rig.Rig]:
    async with identity_rig.identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


@pytest.fixture
async def membership(database: TestDatabase, keys_dir: Path) -> AsyncIterator[membership_rig.Rig]:
    async with membership_rig.running(database, keys_dir) as rig:
        yield rig


async def set_hook(rig, name: str) -> None:
    wanted = Wanted("https://riders.example.cn/in", ("any.thing.happened",), Filter(), "")
    async with rig.app.state.store.begin(client(name, TOWN, people.TOWN_PATH)) as tx:
        await hooks.create(tx, wanted)


async def hear(rig, client_id: UUID, fact_id: UUID) -> int:
    fact = Fact(fact_id, "identity", TOPIC, client_id, utc_now(), {}, 1)
    body = envelope(fact)
    headers = sign(fact.id, body, rig.app.state.secrets, utc_now())
    url = str(rig.client.base_url.copy_with(path="/events"))
    return (await rig.client.post(url, content=body, headers=headers)).status_code


async def test_suspending_stops_the_hooks_and_resuming_does_not_start_them(identity):
    client_id = (await create(identity)).json()["id"]
    await set_hook(identity, client_id)
    await set_hook(identity, "others")
    path = f"/clients/{client_id}/suspension"

    stopped = await change(identity, "PUT", path, {"reason": "异常调用"}, ZHOU)
    resumed = await change(identity, "DELETE", path, actor=SUN)

    assert (stopped.status_code, resumed.status_code) == (204, 204)
    assert sorted(identity.rows(STATES.format("identity"))) == sorted(
        [(client_id, "disabled", "client"), ("others", "active", "")]
    )
    told = identity.rows(
        "select o.topic, o.subject, d.hearer from identity.outbox o"
        " join identity.deliveries d on d.event_seq = o.seq"
    )
    assert told == [(TOPIC, UUID(client_id), "membership")]
    assert [row[:2] for row in identity.audited("webhook.disabled")] == [("done", "client")]


async def test_membership_hears_of_it_and_hearing_it_twice_changes_nothing(membership):
    client_id, fact_id = new_id(), new_id()
    await set_hook(membership, str(client_id))
    await set_hook(membership, "others")

    heard = [await hear(membership, client_id, fact_id) for _ in range(2)]

    assert heard == [204, 204]
    assert sorted(membership.rows(STATES.format("membership"))) == sorted(
        [(str(client_id), "disabled", "client"), ("others", "active", "")]
    )
    assert len(membership.audited("webhook.disabled")) == 1
