"""A platform company sends its people in batches; the union's people decide."""

import asyncio
import time
from dataclasses import replace
from uuid import UUID

import pytest

from services.chassis.kernel.actors import ANONYMOUS, Actor, Kind
from services.chassis.kernel.ids import new_id
from tests.people import CHEN, LI, OTHER_TOWN, TOWN, TOWN_PATH, WANG, ZHAO
from tests.service.membership_rig import STATION, Rig, resident_id, running

SCOPES = frozenset({"membership:applications.write", "membership:applications.read"})
SHUNLU = Actor(
    Kind.SERVICE,
    UUID(int=0x901),
    "顺路跑腿",
    TOWN,
    TOWN_PATH,
    "唐桥镇总工会",
    client=str(UUID(int=0x901)),
    auth="private_key_jwt",
    session=UUID(int=0x5901),
    scopes=SCOPES,
)
OTHER = replace(SHUNLU, id=UUID(int=0x902), name="飞毛腿", client=str(UUID(int=0x902)))


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        yield made


def rider(rig: Rig, number: int, **other):
    consents = [consent | {"evidence": f"sign-{number:06}"} for consent in rig.consents]
    usual = {
        "reference": f"rider-{number}",
        "union_id": str(TOWN),
        "name": "陈小虎",
        "document": resident_id(number),
        "phone": f"138{number:08}",
        "group_code": "G06",
        "platforms": ["顺路跑腿", "meituan"],
        "relation": "partial",
        "consents": consents,
    }
    return usual | other


async def send(rig: Rig, *items, actor=SHUNLU, key=""):
    return await rig.post(actor, "/applications/batches", {"items": list(items)}, key)


async def results(rig: Rig, *references, actor=SHUNLU):
    got = await rig.get(actor, "/applications/batches/results", reference=list(references))
    return {item["reference"]: item for item in got.json()["items"]}


async def test_a_batch_becomes_applications_that_wait_for_the_union(rig: Rig):
    answer = await send(rig, rider(rig, 1), rider(rig, 2, union_id=str(STATION)))

    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert (body["received"], body["existed"], body["refused"]) == (2, 0, 0)
    assert [r["status"] for r in body["results"]] == ["received"] * 2
    queue = (await rig.get(WANG, "/applications", state="submitted")).json()["items"]
    assert {item["number"] for item in queue} == {r["number"] for r in body["results"]}
    kept = rig.rows(
        "select prepared_by, prepared_name, channel, group_code, platforms, join_path, batch_id"
        " from membership.applications order by id limit 1"
    )
    assert kept == [(SHUNLU.id, "顺路跑腿", "batch", "G06", ["顺路跑腿", "美团"], "P2", None)]
    assert rig.rows("select count(*) from membership.deadlines where kind = 'review'") == [(2,)]
    assert rig.rows("select distinct actor_role from membership.application_steps") == [
        ("service",)
    ]
    evidence = rig.rows("select distinct evidence from membership.consents order by 1")
    assert evidence == [("sign-000001",), ("sign-000002",)]
    assert rig.audited("application.batch-received")[0][0] == "顺路跑腿"


async def test_people_decide_and_the_platform_reads_the_outcome(rig: Rig):
    await send(rig, rider(rig, 1), rider(rig, 2))
    queue = (await rig.get(WANG, "/applications", state="submitted")).json()["items"]

    one, two = [await rig.get(WANG, f"/applications/{item['id']}") for item in queue]
    admitted = await rig.decide(one.json())
    refused = await rig.decide(two.json(), "refused", reason="不在本工会工作")

    told = await results(rig, "rider-1", "rider-2")
    assert (admitted.status_code, refused.status_code) == (200, 200)
    assert {item["state"]: item["reason"] for item in told.values()} == {
        "admitted": "材料齐全",
        "refused": "不在本工会工作",
    }


async def test_a_repeated_batch_creates_nothing_twice(rig: Rig):
    items = [rider(rig, number) for number in range(1, 6)]
    first = await send(rig, *items, key="key-0000000000000001")

    replayed = await send(rig, *items, key="key-0000000000000001")
    again = await send(rig, *items, rider(rig, 6))

    numbers = [r["number"] for r in first.json()["results"]]
    assert replayed.json() == first.json()
    assert (again.json()["received"], again.json()["existed"]) == (1, 5)
    assert [r["number"] for r in again.json()["results"]][:5] == numbers
    assert rig.rows("select count(*) from membership.applications") == [(6,)]


async def test_the_same_batch_at_the_same_moment_creates_nothing_twice(rig: Rig):
    items = [rider(rig, number) for number in range(1, 11)]

    answers = await asyncio.gather(*(send(rig, *items) for _ in range(4)))

    assert sorted(a.json()["received"] for a in answers) == [0, 0, 0, 10]
    assert rig.rows("select count(*) from membership.applications") == [(10,)]


async def test_what_is_wrong_is_said_item_by_item_and_may_be_sent_again_corrected(rig: Rig):
    lacking = rider(rig, 8)["consents"][:1]
    stale = [consent | {"version": "2000-01"} for consent in rider(rig, 9)["consents"]]
    unproven = [consent | {"evidence": ""} for consent in rider(rig, 10)["consents"]]

    answer = await send(
        rig,
        rider(rig, 1),
        rider(rig, 2, document=resident_id(2)[:-1] + "?"),
        rider(rig, 3, phone="12345"),
        rider(rig, 4, group_code="G77"),
        rider(rig, 5, relation="friend"),
        rider(rig, 6, union_id=str(OTHER_TOWN)),
        rider(rig, 7, union_id=str(new_id())),
        rider(rig, 8, consents=lacking),
        rider(rig, 9, consents=stale),
        rider(rig, 10, consents=unproven),
        rider(rig, 1),
        rider(rig, 11, document=resident_id(1)),
        rider(rig, 12, name=""),
    )
    corrected = await send(rig, rider(rig, 3))

    body = answer.json()
    faults = {
        place: sorted(
            {(e["pointer"].removeprefix(f"/items/{place}/"), e["code"]) for e in r["errors"]}
        )
        for place, r in enumerate(body["results"])
        if r["errors"]
    }
    accepted = [r["reference"] for r in body["results"] if r["status"] == "received"]
    assert (accepted, body["refused"]) == (["rider-1"], 12)
    assert {place: found[0][0] for place, found in faults.items()} == {
        1: "document",
        2: "phone",
        3: "group_code",
        4: "relation",
        5: "union_id",
        6: "union_id",
        7: "consents",
        8: "consents/0/version",
        9: "consents/0/evidence",
        10: "reference",
        11: "document",
        12: "name",
    }
    assert corrected.json()["received"] == 1


async def test_a_member_elsewhere_is_received_and_only_staff_are_told(rig: Rig):
    await rig.admitted(ZHAO, 1, union_id=str(OTHER_TOWN))

    answer = await send(rig, rider(rig, 1), rider(rig, 2))

    said = answer.json()["results"]
    assert [(r["status"], bool(r["number"]), r["errors"]) for r in said] == [
        ("received", True, [])
    ] * 2
    conflict = "select conflict_union_id from membership.applications where prepared_by = %s"
    found = rig.rows(conflict + " order by phone_masked", SHUNLU.id)
    assert {row[0] for row in found} == {OTHER_TOWN, None}


async def test_somebody_elses_application_is_followed_without_a_word_about_it(rig: Rig):
    waiting = await rig.submitted(CHEN, 1)

    answer = await send(rig, rider(rig, 1))

    await rig.decide(waiting)
    told = (await results(rig, "rider-1"))["rider-1"]
    assert answer.json()["received"] == 1
    assert (told["number"], told["state"], told["state_label"]) == (None, None, "已受理")
    assert rig.rows("select count(*) from membership.applications") == [(1,)]


async def test_two_platforms_keep_their_references_apart(rig: Rig):
    await send(rig, rider(rig, 1))

    other = await send(rig, rider(rig, 2, reference="rider-1"), actor=OTHER)

    assert other.json()["received"] == 1
    assert len(await results(rig)) == len(await results(rig, actor=OTHER)) == 1


async def test_only_clients_with_the_scope_may_send_or_read(rig: Rig):
    reader = replace(SHUNLU, scopes=frozenset({"membership:applications.read"}))
    writer = replace(SHUNLU, scopes=frozenset({"membership:applications.write"}))

    sent = [(await send(rig, rider(rig, 1), actor=a)).status_code for a in (LI, CHEN, reader)]
    stranger = await send(rig, rider(rig, 1), actor=ANONYMOUS)
    read = await rig.get(writer, "/applications/batches/results")
    members = await rig.get(SHUNLU, "/members")
    listed = await rig.get(SHUNLU, "/applications")

    assert (sent, stranger.status_code, read.status_code) == ([403] * 3, 401, 403)
    assert rig.rows("select count(*) from membership.applications") == [(0,)]
    assert listed.status_code == 403 or listed.json()["items"] == []
    assert members.status_code in (403, 404, 405)


async def test_a_batch_that_is_no_batch_is_refused_whole(rig: Rig):
    many = await send(rig, *(rider(rig, 1) for _ in range(1001)))
    none = await send(rig)
    personal = await send(rig, rider(rig, 1, reference=resident_id(1)))

    assert [a.status_code for a in (many, none, personal)] == [422] * 3
    assert rig.rows("select count(*) from membership.applications") == [(0,)]


async def test_a_thousand_people_take_a_moment(rig: Rig):
    items = [rider(rig, number) for number in range(1, 1000)]

    began = time.perf_counter()
    answer = await send(rig, *items)

    assert answer.json()["received"] == 999
    assert time.perf_counter() - began < 10
