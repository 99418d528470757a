"""Members through the API: searched, counted, shown their card, disclosed, checked for twins."""

from datetime import timedelta

import pytest

from services.chassis.kernel.actors import ANONYMOUS
from services.chassis.kernel.ids import new_id
from tests.people import CHEN, DING, LI, OTHER_TOWN, QIAN, SUN, TOWN, WANG, ZHAO
from tests.service.membership_rig import CHEN_PHONE, DING_PHONE, Rig, resident_id, running

NAMES = ("陈小虎", "欧阳娜娜", "王小虎")


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        for number, name in enumerate(NAMES, 1):
            document = {"kind": "111", "number": resident_id(number)}
            person = {"name": name, "document": document, "phone": f"1385123000{number}"}
            await made.admitted(LI, number, person=person)
        yield made


async def find(rig: Rig, actor, text: str, **other) -> list[str]:
    headers = rig.as_(actor)
    body = {"text": text} | other
    answer = await rig.client.post("/members/searches", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return sorted(item["name"] for item in answer.json()["items"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", sorted(NAMES)),
        ("小虎", ["王小虎", "陈小虎"]),
        ("陈", ["陈小虎"]),
        ("oynn", ["欧阳娜娜"]),
        ("WXH", ["王小虎"]),
        ("0002", ["欧阳娜娜"]),
        ("13851230001", ["陈小虎"]),
        (resident_id(3), ["王小虎"]),
        (resident_id(3).lower(), ["王小虎"]),
        ("3205990010012026000002", ["欧阳娜娜"]),
        ("没有此人", []),
        ("%", []),
    ],
)
async def test_find_members_by_what_a_clerk_would_type(rig: Rig, text, names):
    assert await find(rig, LI, text) == names


async def test_find_members_stays_in_scope_and_leaves_a_trace(rig: Rig):
    assert await find(rig, ZHAO, "小虎") == []
    assert await find(rig, ZHAO, resident_id(1)) == []
    assert await find(rig, WANG, "小虎", union=str(TOWN)) == ["王小虎", "陈小虎"]
    for actor, status in ((ANONYMOUS, 401), (SUN, 403), (CHEN, 403)):
        answer = await rig.client.post("/members/searches", json={}, headers=rig.as_(actor))
        assert answer.status_code == status
    kinds = rig.rows("select details from membership.audit where action = 'member.searched'")
    assert [row[0]["by"] for row in kinds] == ["name", "document", "name"]


async def test_find_members_page_by_page(rig: Rig):
    headers = rig.as_(LI)
    first = (await rig.client.post("/members/searches", json={"limit": 2}, headers=headers)).json()
    body = {"limit": 2, "after": first["next"]}
    second = (await rig.client.post("/members/searches", json=body, headers=headers)).json()

    assert [item["name"] for item in first["items"] + second["items"]] == list(reversed(NAMES))
    assert second["next"] is None


async def test_a_member_is_shown_masked_in_scope_only(rig: Rig):
    listed = await rig.client.post("/members/searches", json={"text": "陈"}, headers=rig.as_(LI))
    member = listed.json()["items"][0]

    shown = (await rig.get(QIAN, f"/members/{member['id']}")).json()

    assert shown["masked_name"] == "陈**"
    assert shown["document_masked"].startswith("320***********")
    assert resident_id(1) not in str(shown)
    assert (await rig.get(ZHAO, f"/members/{member['id']}")).json() == (
        await rig.get(ZHAO, f"/members/{new_id()}")
    ).json()
    assert len(rig.audited("member.read")) == 3


async def test_counts_are_those_of_my_union_and_below(rig: Rig):
    mine = (await rig.get(LI, "/members/counts")).json()

    assert (mine["members"], mine["gig"], mine["joined_this_month"], mine["women"]) == (3, 3, 3, 1)
    assert mine["groups"] == [{"group": {"code": "G06", "label": "网约送餐员"}, "members": 3}]
    assert (await rig.get(ZHAO, "/members/counts")).json()["members"] == 0


async def test_a_worker_whose_phone_is_on_record_sees_their_membership(rig: Rig):
    assert (await rig.get(CHEN, "/members/mine")).json()["name"] == "陈小虎"
    assert (await rig.get(DING, "/members/mine")).json()["name"] == "欧阳娜娜"
    rig.phones.known[CHEN.id] = "13900000000"
    assert (await rig.get(CHEN, "/members/mine")).status_code == 404
    rig.phones.is_down = True
    assert (await rig.get(DING, "/members/mine")).status_code == 404
    assert (await rig.get(LI, "/members/mine")).status_code == 403


async def test_a_phone_that_two_people_share_shows_neither(rig: Rig):
    twin = {"name": "陈小龙", "document": {"kind": "111", "number": resident_id(9)}}
    await rig.admitted(LI, 9, person=twin | {"phone": CHEN_PHONE})

    assert (await rig.get(CHEN, "/members/mine")).status_code == 404


async def verified(rig: Rig, token: str) -> dict:
    answer = await rig.client.post("/card-verifications", json={"token": token}, headers=rig.as_())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_card_is_genuine_for_minutes_and_only_untouched(rig: Rig):
    card = (await rig.get(CHEN, "/members/mine/card")).json()
    token = card["token"]
    forged = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]

    assert card["url"].endswith(f"/verify#{token}")
    assert (await verified(rig, token))["name"] == "陈**"
    assert (await verified(rig, forged))["valid"] is False
    for nonsense in ("", "x", "AQ", "🙂", "A" * 400):
        assert (await verified(rig, nonsense)) == {
            "valid": False,
            "reason": "这不是有效的会员证二维码。",
            "name": "",
            "union": "",
            "state": None,
            "checked_at": "2026-03-02T09:00:00+08:00",
        }
    rig.clock.turn(minutes=6)
    assert "过期" in (await verified(rig, token))["reason"]
    renewed = (await rig.get(CHEN, "/members/mine/card")).json()["token"]
    assert renewed != token
    assert (await verified(rig, renewed))["valid"] is True


async def test_the_card_ends_with_the_membership(rig: Rig):
    token = (await rig.get(CHEN, "/members/mine/card")).json()["token"]
    rig.rows(
        "update membership.memberships set state = 'withdrawn' where person_id in "
        "(select id from membership.people where name = '陈小虎') returning 1"
    )

    assert (await verified(rig, token))["valid"] is False
    assert (await rig.get(CHEN, "/members/mine/card")).status_code == 409
    assert (await rig.get(LI, "/members/mine/card")).status_code == 403


async def test_check_register_answers_where_and_nothing_else(rig: Rig):
    body = {"document": {"kind": "111", "number": resident_id(1)}}
    url = "/register-checks"

    there = await rig.client.post(url, json=body, headers=rig.as_(ZHAO))
    here = await rig.client.post(url, json=body, headers=rig.as_(LI))
    none = {"document": {"kind": "111", "number": resident_id(77)}}
    nobody = await rig.client.post(url, json=none, headers=rig.as_(ZHAO))

    assert there.json() == {
        "registered": True,
        "union": {"name": "唐桥镇总工会", "phone": "0512-58000000"},
        "membership_id": None,
    }
    assert here.json()["membership_id"] is not None
    assert nobody.json() == {"registered": False, "union": None, "membership_id": None}
    assert len(rig.audited("register.checked")) == 3


async def test_check_register_is_for_staff_exact_and_limited(rig: Rig):
    body = {"document": {"kind": "111", "number": resident_id(1)}}
    url = "/register-checks"
    for actor, status in ((ANONYMOUS, 401), (CHEN, 403), (SUN, 403), (QIAN, 403)):
        assert (await rig.client.post(url, json=body, headers=rig.as_(actor))).status_code == status
    short = {"document": {"kind": "111", "number": resident_id(1)[:14]}}
    assert (await rig.client.post(url, json=short, headers=rig.as_(LI))).status_code == 422

    statuses = [
        (await rig.client.post(url, json=body, headers=rig.as_(LI))).status_code for _ in range(61)
    ]

    assert statuses == [200] * 60 + [429]
    rig.clock.now += timedelta(hours=1, minutes=1)
    assert (await rig.client.post(url, json=body, headers=rig.as_(LI))).status_code == 200


async def person_id(rig: Rig) -> str:
    return str(rig.rows("select id from membership.people where name = '陈小虎'")[0][0])


async def test_disclose_facts_needs_a_purpose_and_leaves_a_trace(rig: Rig):
    url = f"/people/{await person_id(rig)}/disclosures"
    body = {"purpose": "verify", "fields": ["document", "phone"]}

    shown = await rig.client.post(url, json=body, headers=rig.as_(LI))
    aimless = await rig.client.post(url, json=body | {"purpose": "好奇"}, headers=rig.as_(LI))
    greedy = await rig.client.post(url, json=body | {"fields": ["facts"]}, headers=rig.as_(LI))

    assert shown.json() == {
        "facts": {"document": resident_id(1), "phone": CHEN_PHONE},
        "hide_at": "2026-03-02T09:05:00+08:00",
    }
    assert shown.headers.get("cache-control") == "no-store"
    assert aimless.status_code == greedy.status_code == 422
    for actor, status in ((ANONYMOUS, 401), (QIAN, 403), (SUN, 403), (ZHAO, 404), (DING, 404)):
        answer = await rig.client.post(url, json=body, headers=rig.as_(actor))
        assert answer.status_code == status, actor.name
    assert (await rig.client.post(url, json=body, headers=rig.as_(CHEN))).status_code == 200
    traces = rig.audited("person.disclosed")
    assert (traces[0][0], traces[0][3]) == ("李经办", "verify")
    assert resident_id(1) not in str(rig.rows("select * from membership.audit"))


async def test_person_and_timeline_are_shown_in_scope(rig: Rig):
    url = f"/people/{await person_id(rig)}"

    person = (await rig.get(WANG, url)).json()
    moments = (await rig.get(WANG, f"{url}/timeline")).json()["items"]

    assert person["person"]["name"] == "陈小虎"
    assert person["member_number"] == "3205990010012026000001"
    assert sorted(moment["label"] for moment in moments) == ["入会", "同意入会", "提交申请"]
    assert (await rig.get(ZHAO, url)).status_code == 404
    assert (await rig.get(ZHAO, f"{url}/timeline")).status_code == 404
    mine = (await rig.get(CHEN, f"{url}/timeline")).json()["items"]
    assert {moment["actor_name"] for moment in mine} == {"唐桥镇总工会"}


async def test_disclose_an_applicants_facts_before_deciding(rig: Rig):
    made = await rig.submitted(DING, 8)
    url = f"/applications/{made['id']}/disclosures"
    body = {"purpose": "verify", "fields": ["phone"]}

    shown = await rig.client.post(url, json=body, headers=rig.as_(WANG))
    hidden = await rig.client.post(url, json=body, headers=rig.as_(ZHAO))

    assert shown.json()["facts"] == {"phone": DING_PHONE}
    assert hidden.status_code == 404
    assert rig.audited("application.disclosed")[0][3] == "verify"


async def test_answers_do_not_depend_on_rows_out_of_scope(rig: Rig):
    before = [
        (await rig.get(LI, path)).json() for path in ("/members/counts", "/desk", "/applications")
    ]
    document = {"kind": "111", "number": resident_id(50)}
    person = {"name": "丁一", "document": document}
    await rig.admitted(ZHAO, 50, union_id=str(OTHER_TOWN), person=person)
    after = [
        (await rig.get(LI, path)).json() for path in ("/members/counts", "/desk", "/applications")
    ]

    assert before == after
