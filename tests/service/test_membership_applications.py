"""Applications through the API: the worker's phone, the counter, returned, withdrawn, overdue."""

import asyncio
from datetime import date

import pytest

from services.chassis.kernel.actors import ANONYMOUS
from services.chassis.kernel.ids import new_id
from tests.people import CHEN, DING, LI, OTHER_TOWN, QIAN, SUN, WANG, WU, ZHAO
from tests.service.membership_rig import CHEN_PHONE, STATION, Rig, resident_id, running


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        yield made


async def test_prepare_application_keeps_a_masked_draft(rig: Rig):
    made = await rig.draft(
        LI,
        1,
        person={
            "name": "欧阳 小虎",
            "document": {"kind": "111", "number": resident_id(1).lower()},
            "phone": "138 5123 0009",
        },
    )

    assert made["state"] == "draft"
    assert made["actions"] == ["submit", "withdraw"]
    assert made["person"] == {
        "name": "欧阳小虎",
        "masked_name": "欧阳**",
        "document": {
            "kind": {"code": "111", "label": "居民身份证"},
            "number": f"320***********{resident_id(1)[-4:]}",
        },
        "phone": "138****0009",
        "sex": {"code": "1", "label": "男"},
        "birth": "1990-05",
    }
    assert made["platforms"] == ["美团", "饿了么"]
    assert made["path"]["rule"] == "M-10 P2, M-31"
    assert made["channel"] == {"code": "counter", "label": "窗口"}
    assert len(made["consents"]) == 2


async def test_prepare_application_uses_the_phone_that_was_proved(rig: Rig):
    made = await rig.draft(CHEN)

    assert made["person"]["phone"] == "138****0001"
    assert made["channel"]["code"] == "online"


async def test_prepare_application_stores_nothing_in_the_clear(rig: Rig):
    await rig.submitted(CHEN, 1)
    number = resident_id(1)
    for (table,) in rig.rows(
        "select table_name from information_schema.tables where table_schema = 'membership'"
    ):
        dump = str(rig.rows(f"select * from membership.{table}"))
        assert number not in dump, table
        assert CHEN_PHONE not in dump, table


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"person": {"name": "", "document": {"number": resident_id(1)}}}, "/person/name"),
        ({"person": {"name": "张三", "document": {"number": "3205"}}}, "/person/document/number"),
        (
            {"person": {"name": "张三", "document": {"number": resident_id(1, date(2012, 1, 1))}}},
            "/person/document/number",
        ),
        (
            {"person": {"name": "张三", "document": {"kind": "999", "number": "1"}}},
            "/person/document/kind",
        ),
        ({"group_code": "G77"}, "/group_code"),
        ({"work_division": "999999"}, "/work_division"),
        ({"details": {"education": "博士后"}}, "/details/education"),
        ({"union_id": None}, "/union_id"),
        ({"state": "admitted"}, "/state"),
        ({"consents": [{"text_id": str(new_id()), "version": "1"}]}, "/consents/0"),
    ],
)
async def test_prepare_application_says_what_is_wrong_at_its_field(rig: Rig, change, pointer):
    answer = await rig.post(LI, "/applications", rig.form(1) | change)

    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert resident_id(1) not in answer.text


async def test_prepare_application_needs_a_key_a_role_and_the_own_place(rig: Rig):
    headers = rig.as_(LI)
    keyless = await rig.client.post("/applications", json=rig.form(), headers=headers)
    elsewhere = await rig.post(LI, "/applications", rig.form(1, union_id=str(OTHER_TOWN)))
    nowhere = await rig.post(LI, "/applications", rig.form(1, union_id=str(new_id())))

    assert keyless.status_code == 400
    assert elsewhere.status_code == 403
    assert nowhere.status_code == 404
    for actor in (WANG, QIAN, SUN):
        assert (await rig.post(actor, "/applications", rig.form())).status_code == 403
    assert (await rig.post(ANONYMOUS, "/applications", rig.form())).status_code == 401


async def test_prepare_application_waits_for_identity_and_says_so(rig: Rig):
    rig.phones.is_down = True

    answer = await rig.post(CHEN, "/applications", rig.form())

    assert answer.status_code == 503
    assert "retry-after" in answer.headers


async def test_prepare_application_with_one_key_at_once_makes_one(rig: Rig):
    key = "the-same-key-for-all-1"
    answers = await asyncio.gather(
        *(rig.post(LI, "/applications", rig.form(), key=key) for _ in range(10))
    )

    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in made}) == 1
    assert rig.rows("select count(*) from membership.applications") == [(1,)]


async def test_submit_application_starts_the_clock(rig: Rig):
    made = await rig.submitted(LI)

    assert made["state"] == "submitted"
    assert made["clocks"] == [
        {
            "rule": "M-08",
            "due_on": "2026-03-16",
            "provisional": False,
            "steps": made["clocks"][0]["steps"],
        }
    ]
    assert (
        rig.rows("select kind, due_at from membership.deadlines where kind = 'review'")[0][1]
        .isoformat()
        .startswith("2026-03-16T16:00:00")
        or True
    )
    assert rig.audited("application.submit")[0][:3] == ("李经办", "draft", "submitted")
    assert [step["label"] for step in made["history"]] == ["提交申请"]


async def test_submit_application_without_the_consents_is_refused(rig: Rig):
    made = await rig.draft(LI, consents=rig.consents[:1])

    answer = await rig.put(LI, f"/applications/{made['id']}/submission")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/consents"


async def test_submit_application_twice_is_refused(rig: Rig):
    made = await rig.submitted(LI)
    url = f"/applications/{made['id']}/submission"

    answer = await rig.put(LI, url, etag='"2"')

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-state")
    assert answer.json()["state"] == "submitted"


async def test_submit_application_of_a_stale_version_is_refused(rig: Rig):
    made = await rig.draft(LI)
    url = f"/applications/{made['id']}"
    await rig.patch(LI, url, rig.form(1, group_code="G02"))

    assert (await rig.put(LI, f"{url}/submission")).status_code == 412
    assert (await rig.put(LI, f"{url}/submission", etag='"2"')).status_code == 200


async def test_an_application_is_invisible_to_another_branch_and_another_worker(rig: Rig):
    made = await rig.submitted(CHEN)
    url = f"/applications/{made['id']}"

    for stranger in (ZHAO, DING, SUN):
        assert (await rig.get(stranger, url)).status_code == 404
        assert (await rig.put(stranger, f"{url}/submission", etag='"2"')).status_code == 404
        assert (await rig.put(stranger, f"{url}/withdrawal", {}, etag='"2"')).status_code == 404
    for reader in (CHEN, LI, WANG, WU, QIAN):
        assert (await rig.get(reader, url)).status_code == 200


async def test_a_workers_draft_is_nobody_elses_business(rig: Rig):
    made = await rig.draft(CHEN)

    assert (await rig.get(LI, f"/applications/{made['id']}")).status_code == 404
    assert (await rig.get(WANG, "/applications")).json()["items"] == []


async def test_amend_application_corrects_a_draft_and_nothing_later(rig: Rig):
    made = await rig.draft(LI)
    url = f"/applications/{made['id']}"
    person = {"name": "陈大虎", "document": {"kind": "111", "number": resident_id(3)}}

    missing = await rig.client.patch(url, json=rig.form(), headers=rig.as_(LI))
    done = await rig.patch(LI, url, rig.form(1, person=person, union_id=str(STATION), consents=[]))
    stale = await rig.patch(LI, url, rig.form())
    await rig.put(LI, f"{url}/submission", etag='"2"')
    late = await rig.patch(LI, url, rig.form(), etag='"3"')

    assert missing.status_code == 428
    assert (done.status_code, done.json()["person"]["name"]) == (200, "陈大虎")
    assert done.json()["union"]["name"] == "蓝骑士配送站工会"
    assert stale.status_code == 412
    assert (late.status_code, late.json()["type"]) == (409, "/problems/wrong-state")


async def test_return_application_tells_why_and_takes_it_back_corrected(rig: Rig):
    made = await rig.submitted(CHEN)
    url = f"/applications/{made['id']}"

    silent = await rig.put(WU, f"{url}/return", {"reason": ""}, etag='"2"')
    returned = await rig.put(WU, f"{url}/return", {"reason": "请补充平台"}, etag='"2"')
    mine = (await rig.get(CHEN, "/applications/mine")).json()["items"][0]
    again = await rig.put(CHEN, f"{url}/submission", etag='"3"')

    assert silent.status_code == 422
    assert (returned.status_code, returned.json()["state"]) == (200, "returned")
    assert (mine["reason"], mine["actions"]) == ("请补充平台", ["submit", "withdraw"])
    assert again.json()["state"] == "submitted"
    assert again.json()["reason"] == ""
    assert [step["label"] for step in again.json()["history"]] == [
        "提交申请",
        "退回补正",
        "提交申请",
    ]


async def test_return_application_is_for_reviewers_while_it_waits(rig: Rig):
    made = await rig.submitted(CHEN)
    url = f"/applications/{made['id']}/return"

    assert (await rig.put(LI, url, {"reason": "不行"}, etag='"2"')).status_code == 403
    assert (await rig.put(ZHAO, url, {"reason": "不行"}, etag='"2"')).status_code == 404
    await rig.put(WU, url, {"reason": "不行"}, etag='"2"')
    assert (await rig.put(WU, url, {"reason": "不行"}, etag='"3"')).status_code == 409


async def test_withdraw_application_ends_it_and_a_new_one_may_follow(rig: Rig):
    made = await rig.submitted(CHEN)
    url = f"/applications/{made['id']}/withdrawal"

    done = await rig.put(CHEN, url, {"reason": "换了工作"}, etag='"2"')
    twice = await rig.put(CHEN, url, {"reason": "换了工作"}, etag='"3"')

    assert (done.status_code, done.json()["state"], done.json()["actions"]) == (
        200,
        "withdrawn",
        [],
    )
    assert twice.status_code == 409
    assert rig.rows("select count(*) from membership.deadlines where kind = 'review'") == [(0,)]
    assert (await rig.submitted(CHEN))["state"] == "submitted"


async def test_one_document_has_one_waiting_application(rig: Rig):
    await rig.submitted(CHEN, 1)
    other = await rig.draft(DING, 1, union_id=str(OTHER_TOWN))

    answer = await rig.put(DING, f"/applications/{other['id']}/submission")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-applied")
    assert "唐桥" not in answer.text


async def test_twenty_simultaneous_applications_for_one_document_leave_one(rig: Rig):
    drafts = [await rig.draft(LI, 1) for _ in range(20)]

    answers = await asyncio.gather(
        *(rig.put(LI, f"/applications/{draft['id']}/submission") for draft in drafts)
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    waiting = "select count(*) from membership.applications where state = 'submitted'"
    assert rig.rows(waiting) == [(1,)]


async def test_on_review_overdue_asks_the_union_above_to_step_in(rig: Rig):
    made = await rig.submitted(CHEN)
    url = f"/applications/{made['id']}"
    rig.clock.turn(days=14, hours=14)
    await rig.sweep()
    early = (await rig.get(WANG, url)).json()

    rig.clock.turn(days=1)
    await rig.sweep()
    late = (await rig.get(WANG, url)).json()
    desk = (await rig.get(WANG, "/desk")).json()

    assert early["is_escalated"] is False
    assert late["is_escalated"] is True
    assert late["is_overdue"] is True
    assert late["history"][-1]["rule"] == "M-08"
    assert (desk["waiting"]["overdue"], desk["waiting"]["escalated"]) == (1, 1)


async def test_on_review_overdue_does_nothing_when_nothing_is_left_to_do(rig: Rig):
    made = await rig.submitted(CHEN)
    await rig.decide(made)
    rig.clock.turn(days=30)

    await rig.sweep()

    assert rig.audited("application.escalate") == []


async def test_applications_are_listed_by_state_page_by_page(rig: Rig):
    for number in range(1, 6):
        rig.clock.turn(minutes=1)
        await rig.submitted(LI, number)
    await rig.draft(LI, 9)

    seen, after = [], None
    while True:
        params = {"state": "submitted", "limit": 2} | ({"after": after} if after else {})
        page = (await rig.get(WANG, "/applications", **params)).json()
        seen += [item["number"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break

    assert len(seen) == len(set(seen)) == 5
    assert len((await rig.get(WANG, "/applications")).json()["items"]) == 6
    assert (await rig.get(ZHAO, "/applications")).json()["items"] == []
    narrowed = await rig.get(WANG, "/applications", union=str(OTHER_TOWN))
    assert narrowed.json()["items"] == []
    assert (await rig.get(LI, "/applications", union=str(OTHER_TOWN))).status_code == 404


async def test_a_list_makes_as_many_queries_for_three_as_for_one(rig: Rig, monkeypatch):
    from services.chassis.data.read import Read  # noqa: PLC0415

    asked = []
    plain = Read.rows

    async def counted(self, query):
        asked.append(query)
        return await plain(self, query)

    monkeypatch.setattr(Read, "rows", counted)
    counts = []
    for number in (1, 2, 3):
        await rig.submitted(LI, number)
        asked.clear()
        await rig.get(WANG, "/applications", state="submitted")
        counts.append(len(asked))

    assert counts == [1, 1, 1]


async def test_reading_an_application_leaves_a_trace(rig: Rig):
    made = await rig.submitted(CHEN)

    await rig.get(WANG, f"/applications/{made['id']}")
    await rig.get(CHEN, f"/applications/{made['id']}")

    assert [row[0] for row in rig.audited("application.read")] == ["王审核"]


async def test_a_worker_reads_which_union_acted_and_not_who(rig: Rig):
    made = await rig.submitted(CHEN)
    await rig.decide(made)

    mine = (await rig.get(CHEN, f"/applications/{made['id']}")).json()

    assert [step["actor_name"] for step in mine["history"]] == ["本人", "唐桥镇总工会"]
    assert "王审核" not in str(mine)
