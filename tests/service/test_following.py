"""Other systems follow applications, members and unions of their union, and of no other."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from services.chassis.kernel.actors import Role
from tests import people
from tests.hooks_rig import client, eventually
from tests.service.membership_rig import STATION, Rig, running

READS = tuple(f"membership:{name}.read" for name in ("applications", "members", "unions"))
TOWN = client("riders", people.TOWN, people.TOWN_PATH, *READS)
OTHER = client("others", people.OTHER_TOWN, people.OTHER_TOWN_PATH, *READS)


@pytest.fixture
async def rig(database, keys_dir) -> AsyncIterator[Rig]:
    async with running(database, keys_dir) as made:
        yield made


async def until(rig: Rig, actor, path: str, holds):
    async def found():
        page = (await rig.get(actor, path)).json()
        return page if holds(page["items"]) else None

    return await eventually(found)


async def test_an_application_comes_again_each_time_it_changes(rig: Rig):
    handed_in = await rig.submitted()
    path = "/applications/changes"
    first = await until(rig, TOWN, path, lambda items: len(items) == 1)
    await rig.decide(handed_in)

    since = f"{path}?changed_since={first['next']}"
    second = await until(rig, TOWN, since, lambda items: len(items) == 1)
    members = await until(rig, TOWN, "/members/changes", lambda items: len(items) == 1)

    (before,), (after,), (member,) = first["items"], second["items"], members["items"]
    assert (before["state"], after["state"]) == ("submitted", "admitted")
    assert before["id"] == after["id"] == handed_in["id"]
    assert after["membership_id"] == member["id"]
    assert (member["state"], member["union_id"]) == ("active", str(people.TOWN))
    assert (await rig.get(OTHER, path)).json()["items"] == []


async def test_unions_are_followed_within_ones_own(rig: Rig):
    page = await until(rig, TOWN, "/unions/changes", lambda items: len(items) == 2)

    assert {union["id"] for union in page["items"]} == {str(people.TOWN), str(STATION)}
    assert page["has_more"] is False


async def test_who_may_not_read_may_not_follow(rig: Rig):
    administrator = replace(people.LI, roles=frozenset({Role.ADMINISTRATOR}))
    unread = client("idle", people.TOWN, people.TOWN_PATH, "membership:webhooks.manage")

    for name in ("applications", "members", "unions"):
        path = f"/{name}/changes"
        statuses = [
            (await rig.get(actor, path)).status_code
            for actor in (administrator, unread, people.CHEN, people.LI)
        ]
        assert statuses == [403, 403, 403, 200], name


async def test_a_made_up_cursor_is_refused(rig: Rig):
    answer = await rig.get(TOWN, "/unions/changes", changed_since="bm90IG91cnM")

    assert answer.status_code == 422
