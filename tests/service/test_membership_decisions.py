"""Decisions through the API: four eyes, one membership for a person, lists and whole batches."""

import asyncio
from dataclasses import replace

import pytest

from services.chassis.kernel.actors import ANONYMOUS, Role
from services.chassis.kernel.ids import new_id
from tests.people import CHEN, DING, LI, OTHER_TOWN, QIAN, SUN, TOWN_PATH, WANG, WU, ZHAO
from tests.service.membership_rig import GU, Rig, resident_id, running


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        yield made


async def test_decide_application_admits_once_and_completely(rig: Rig):
    made = await rig.submitted(CHEN)

    done = (await rig.decide(made)).json()

    assert (done["state"], done["reason"], done["decided_name"]) == (
        "admitted",
        "材料齐全",
        "王审核",
    )
    changes = rig.rows(
        "select change, changed_on::text, reason, rule, actor_name"
        " from membership.membership_changes"
    )
    assert changes == [("1", "2026-03-02", "材料齐全", "M-08", "王审核")]
    assert rig.rows("select count(*) from membership.cards where revoked_at is null") == [(1,)]
    assert rig.rows("select count(*) from membership.consents where person_id is null") == [(0,)]
    assert rig.rows("select count(*) from membership.deadlines where kind = 'review'") == [(0,)]
    assert rig.audited("application.admit")[0][:4] == (
        "王审核",
        "submitted",
        "admitted",
        "材料齐全",
    )
    assert rig.told("membership.member.admitted") == [
        {
            "person_id": done["person_id"],
            "union_id": done["union"]["id"],
            "union_path": TOWN_PATH,
            "application_id": done["id"],
        }
    ]
    assert rig.told("membership.application.decided")[0]["outcome"] == "admitted"


async def test_decide_application_refuses_with_the_reason_and_one_may_apply_again(rig: Rig):
    made = await rig.submitted(CHEN)

    silent = await rig.decide(made, "refused", reason="")
    done = await rig.decide(made, "refused", reason="不在本工会工作")
    mine = (await rig.get(CHEN, "/applications/mine")).json()["items"][0]

    assert silent.status_code == 422
    assert (done.status_code, done.json()["state"]) == (200, "refused")
    assert mine["reason"] == "不在本工会工作"
    assert rig.rows("select count(*) from membership.memberships") == [(0,)]
    assert (await rig.submitted(CHEN))["state"] == "submitted"


async def test_decide_application_is_for_reviewers_of_the_union_or_above(rig: Rig):
    made = await rig.submitted(CHEN)

    assert (await rig.decide(made, actor=ANONYMOUS)).status_code == 401
    assert (await rig.decide(made, actor=LI)).status_code == 403
    assert (await rig.decide(made, actor=QIAN)).status_code == 403
    assert (await rig.decide(made, actor=CHEN)).status_code == 403
    for stranger in (ZHAO, SUN, DING):
        assert (await rig.decide(made, actor=stranger)).status_code == 404
    assert (await rig.decide(made, actor=WU)).status_code == 200


async def test_decide_application_twice_or_stale_is_refused(rig: Rig):
    made = await rig.submitted(CHEN)
    url = f"/applications/{made['id']}/decision"

    assert (await rig.put(WANG, url, {"outcome": "admitted"}, etag='"1"')).status_code == 412
    assert (await rig.put(WANG, url, {"outcome": "maybe"}, etag='"2"')).status_code == 422
    assert (await rig.decide(made)).status_code == 200
    assert (await rig.put(WANG, url, {"outcome": "admitted"}, etag='"3"')).status_code == 409


async def test_nobody_decides_on_what_they_prepared(rig: Rig):
    both = replace(LI, roles=frozenset({Role.CLERK, Role.REVIEWER}))
    made = await rig.submitted(both)

    alone = await rig.decide(made, actor=both)
    listed = await rig.post(
        both, "/decisions", {"application_ids": [made["id"]], "outcome": "admitted"}
    )

    assert made["actions"] == ["withdraw"]
    assert (alone.status_code, alone.json()["type"]) == (403, "/problems/four-eyes")
    assert listed.json()["results"][0]["problem"]["type"] == "/problems/four-eyes"
    assert (await rig.decide(made, actor=WU)).status_code == 200


async def test_nobody_decides_on_what_a_colleague_amended_for_them(rig: Rig):
    both = replace(LI, roles=frozenset({Role.CLERK, Role.REVIEWER}))
    made = await rig.submitted(both)
    url = f"/applications/{made['id']}"
    await rig.put(WU, f"{url}/return", {"reason": "补平台"}, etag='"2"')
    colleague = replace(WU, roles=frozenset({Role.CLERK, Role.REVIEWER}))
    await rig.patch(colleague, url, rig.form(1, group_code="G02"), etag='"3"')
    again = (await rig.put(colleague, f"{url}/submission", etag='"4"')).json()

    for hand in (both, colleague):
        assert (await rig.decide(again, actor=hand)).json()["type"] == "/problems/four-eyes"
    assert (await rig.decide(again, actor=GU)).status_code == 200


async def test_twenty_simultaneous_decisions_make_one_member(rig: Rig):
    made = await rig.submitted(CHEN)
    deciders = [WANG, WU, GU, WANG] * 5

    answers = await asyncio.gather(*(rig.decide(made, actor=actor) for actor in deciders))

    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert {answer.status_code for answer in answers} <= {200, 409, 412, 503}
    assert rig.rows("select count(*) from membership.memberships") == [(1,)]
    assert rig.rows("select count(*) from membership.people") == [(1,)]


async def test_a_member_is_not_admitted_again_and_staff_learn_where(rig: Rig):
    await rig.admitted(LI, 1)
    elsewhere = await rig.draft(ZHAO, 1, union_id=str(OTHER_TOWN))

    answer = await rig.put(ZHAO, f"/applications/{elsewhere['id']}/submission")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-member")
    assert answer.json()["union"] == {"name": "唐桥镇总工会", "phone": "0512-58000000"}
    assert resident_id(1) not in answer.text


async def test_a_stranger_with_a_members_document_hears_nothing_and_staff_see_it(rig: Rig):
    await rig.admitted(CHEN, 1)
    made = await rig.submitted(DING, 1, union_id=str(OTHER_TOWN))
    county = (await rig.get(WANG, f"/applications/{made['id']}")).json()

    refused = await rig.decide(made)

    assert made["state"] == "submitted"
    assert made["warnings"] == []
    assert county["warnings"][0]["rule"] == "M-21"
    assert "唐桥镇总工会" in county["warnings"][0]["message"]
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/already-member")


async def test_a_member_on_their_own_phone_is_told_where(rig: Rig):
    await rig.admitted(CHEN, 1)
    again = await rig.draft(CHEN, 1, union_id=str(OTHER_TOWN))

    answer = await rig.put(CHEN, f"/applications/{again['id']}/submission")

    assert answer.status_code == 409
    assert "唐桥镇总工会" in answer.json()["detail"]


async def test_decide_a_list_answers_for_each(rig: Rig):
    await rig.admitted(LI, 1)
    good = [await rig.submitted(LI, number) for number in (2, 3, 4)]
    other = await rig.submitted(ZHAO, 5, union_id=str(OTHER_TOWN))
    draft = await rig.draft(LI, 6)
    ids = [made["id"] for made in good] + [other["id"], draft["id"], str(new_id())]

    answer = await rig.post(WU, "/decisions", {"application_ids": ids, "outcome": "admitted"})

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["decided"], found["kept_back"]) == (3, 3)
    assert [row["state"] for row in found["results"]] == ["admitted"] * 3 + [None, "draft", None]
    assert [(row["problem"] or {}).get("status") for row in found["results"]] == [
        None,
        None,
        None,
        404,
        409,
        404,
    ]
    numbers = rig.rows("select member_number from membership.people order by member_number")
    assert [number[-6:] for (number,) in numbers] == ["000001", "000002", "000003", "000004"]
    told = rig.told("membership.batch.applied")
    assert len(told) == 1
    assert len(told[0]["membership_ids"]) == 3
    assert len(rig.audited("application.admit")) == 4


async def test_decide_a_list_of_refusals_needs_a_reason_and_something_to_decide(rig: Rig):
    made = await rig.submitted(LI)
    body = {"application_ids": [made["id"]], "outcome": "refused"}

    assert (await rig.post(WU, "/decisions", body)).status_code == 422
    assert (await rig.post(WU, "/decisions", {"outcome": "admitted"})).status_code == 422
    assert (await rig.post(LI, "/decisions", body | {"reason": "不行"})).status_code == 403
    done = await rig.post(WU, "/decisions", body | {"reason": "不行"})
    assert done.json()["results"][0]["state"] == "refused"
    many = {"application_ids": [str(new_id())] * 1001, "outcome": "admitted"}
    assert (await rig.post(WU, "/decisions", many)).status_code == 422


async def test_decide_a_whole_batch_is_done_beside_the_service(rig: Rig):
    for number in range(1, 6):
        await rig.submitted(LI, number)
    batch = str(new_id())
    async with rig.app.state.store.begin() as tx:
        connection = await tx.session.connection()
        await connection.exec_driver_sql(
            "update membership.applications set batch_id = $1", (batch,)
        )

    asked = await rig.post(WU, "/decisions", {"batch_id": batch, "outcome": "admitted"})
    none = await rig.post(WU, "/decisions", {"batch_id": str(new_id()), "outcome": "admitted"})
    await rig.work()

    assert (asked.status_code, asked.json()["waiting"]) == (202, 5)
    assert none.status_code == 404
    assert rig.rows("select state, done, result from membership.jobs") == [
        ("done", 5, {"decided": 5, "refused": 0})
    ]
    assert rig.rows("select count(*) from membership.memberships where state = 'active'") == [(5,)]
    assert len(rig.told("membership.batch.applied")) == 1


async def test_who_left_and_comes_back_keeps_the_number(rig: Rig):
    first = await rig.admitted(LI, 1)
    async with rig.app.state.store.begin() as tx:
        connection = await tx.session.connection()
        await connection.exec_driver_sql("update membership.memberships set state = 'withdrawn'")

    second = await rig.admitted(LI, 1)

    assert second["person_id"] == first["person_id"]
    assert second["person"]["name"] == "陈小虎"
    assert second["membership_id"] != first["membership_id"]
    assert rig.rows("select count(*), count(distinct member_number) from membership.people") == [
        (1, 1)
    ]


async def test_the_database_refuses_a_second_open_membership(rig: Rig):
    await rig.admitted(LI, 1)

    with pytest.raises(Exception, match="uq_memberships_open"):
        rig.rows(
            "insert into membership.memberships (id, person_id, union_id, union_path, state,"
            " joined_on, channel, platforms, version, created_at, updated_at)"
            " select gen_random_uuid(), person_id, union_id, union_path, state,"
            " joined_on, channel, platforms, 1, created_at, updated_at"
            " from membership.memberships returning 1"
        )
