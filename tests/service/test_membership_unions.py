"""Union organisations through the API: founded, changed, found, put on posters, imported."""

import io

import pytest
import xlsxwriter

from services.chassis.kernel.actors import ANONYMOUS
from services.chassis.kernel.ids import new_id
from tests.people import (
    CHEN,
    COUNTY,
    LI,
    OTHER_TOWN,
    SUN,
    TOWN,
    TOWN_PATH,
    WANG,
    WU,
    ZHAO,
)
from tests.service.membership_rig import POSTER, STATION, Rig, running

STATION_FACTS = {
    "parent_id": str(TOWN),
    "name": "飞马快递工会",
    "level": 4,
    "kind": "独立基层工会",
    "division": "320599101",
    "employer_name": "飞马快递有限公司",
    "address": "唐桥镇人民路 9 号",
}


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        yield made


async def test_found_union_stands_below_its_parent_and_is_told(rig: Rig):
    made = await rig.post(WANG, "/unions", STATION_FACTS)

    assert made.status_code == 201, made.text
    union = made.json()
    assert union["path"] == f"{TOWN_PATH}{union['id'].replace('-', '')}/"
    assert union["code"].startswith("320599001001")
    assert union["kind"] == {"code": "0", "label": "独立基层工会"}
    assert made.headers["etag"] == '"1"'
    assert rig.told("membership.union.founded") == [
        {"path": union["path"], "name": "飞马快递工会", "parent": str(TOWN)}
    ]
    assert [row[0] for row in rig.audited("union.founded")] == ["王审核"]


async def test_found_union_twice_is_a_duplicate_and_with_one_key_a_replay(rig: Rig):
    first = await rig.post(WANG, "/unions", STATION_FACTS, key="one-key-for-both-0001")
    again = await rig.post(WANG, "/unions", STATION_FACTS, key="one-key-for-both-0001")
    anew = await rig.post(WANG, "/unions", STATION_FACTS)

    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (anew.status_code, anew.json()["type"]) == (409, "/problems/duplicate")


async def test_found_union_is_for_staff_of_the_level_above(rig: Rig):
    assert (await rig.post(ANONYMOUS, "/unions", STATION_FACTS)).status_code == 401
    assert (await rig.post(LI, "/unions", STATION_FACTS)).status_code == 403
    assert (await rig.post(ZHAO, "/unions", STATION_FACTS)).status_code == 404
    assert (await rig.post(CHEN, "/unions", STATION_FACTS)).status_code == 404
    assert (await rig.post(SUN, "/unions", STATION_FACTS)).status_code == 201


async def test_found_union_says_what_is_wrong_at_its_field(rig: Rig):
    wrong = STATION_FACTS | {"level": 2, "union_uscc": "81320582MC0000000X", "industry": "Z"}

    answer = await rig.post(WANG, "/unions", wrong)

    assert answer.status_code == 422
    assert {e["pointer"] for e in answer.json()["errors"]} == {
        "/level",
        "/kind",
        "/union_uscc",
        "/industry",
    }


async def test_a_field_that_nobody_knows_is_refused(rig: Rig):
    answer = await rig.post(WANG, "/unions", STATION_FACTS | {"path": "0/"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/path"


async def test_change_union_needs_the_version_that_was_read(rig: Rig):
    url = f"/unions/{STATION}"

    missing = await rig.client.patch(url, json={"phone": "1"}, headers=rig.as_(LI))
    done = await rig.patch(LI, url, {"phone": "0512-1", "chair_name": "顾主席"})
    stale = await rig.patch(LI, url, {"phone": "0512-2"})

    assert missing.status_code == 428
    assert (done.status_code, done.headers["etag"], done.json()["phone"]) == (200, '"2"', "0512-1")
    assert stale.status_code == 412
    assert rig.told("membership.union.changed")[0]["name"] == "蓝骑士配送站工会"


async def test_change_union_leaves_a_unions_own_name_to_the_level_above(rig: Rig):
    own = await rig.patch(WU, f"/unions/{TOWN}", {"name": "大唐桥总工会"})
    above = await rig.patch(WANG, f"/unions/{TOWN}", {"name": "大唐桥总工会"})

    assert own.status_code == 403
    assert above.json()["name"] == "大唐桥总工会"


async def test_change_union_refuses_another_branch_and_unknown_fields(rig: Rig):
    assert (await rig.patch(ZHAO, f"/unions/{TOWN}", {"phone": "1"})).status_code == 404
    assert (await rig.patch(LI, f"/unions/{TOWN}", {"state": "dissolved"})).status_code == 422


async def test_a_parent_sees_its_children_and_no_child_its_parent(rig: Rig):
    county = (await rig.get(WANG, "/unions", parent=str(COUNTY))).json()["items"]
    own = (await rig.get(LI, "/unions")).json()["items"]

    assert [union["name"] for union in county] == ["唐桥镇总工会", "金港镇总工会"]
    assert [union["id"] for union in own] == [str(TOWN)]
    assert (await rig.get(LI, f"/unions/{COUNTY}")).status_code == 404
    assert (await rig.get(LI, f"/unions/{OTHER_TOWN}")).json() == (
        await rig.get(LI, f"/unions/{new_id()}")
    ).json()


async def test_children_are_read_page_by_page(rig: Rig):
    first = (await rig.get(WANG, "/unions", parent=str(COUNTY), limit=1)).json()
    second = (
        await rig.get(WANG, "/unions", parent=str(COUNTY), limit=1, after=first["next"])
    ).json()

    assert [u["name"] for u in first["items"] + second["items"]] == ["唐桥镇总工会", "金港镇总工会"]
    assert second["next"] is None
    assert (await rig.get(WANG, "/unions", after="zzz")).status_code == 422


@pytest.mark.parametrize(
    ("actor", "text", "names"),
    [
        (WANG, "配送站", ["蓝骑士配送站工会"]),
        (WANG, "LQS", ["蓝骑士配送站工会"]),
        (WANG, "总工会", ["江临县总工会", "唐桥镇总工会", "金港镇总工会"]),
        (LI, "总工会", ["唐桥镇总工会"]),
        (ZHAO, "配送站", []),
        (LI, "%", []),
        (CHEN, "总工会", []),
    ],
)
async def test_unions_are_found_however_far_below_and_never_beside(rig: Rig, actor, text, names):
    found = await rig.get(actor, "/unions", text=text)

    assert found.status_code == 200, found.text
    assert [union["name"] for union in found.json()["items"]] == names


async def test_unions_found_by_words_come_page_by_page(rig: Rig):
    first = (await rig.get(WANG, "/unions", text="总工会", limit=2)).json()
    second = (await rig.get(WANG, "/unions", text="总工会", after=first["next"])).json()

    assert [union["name"] for union in second["items"]] == ["金港镇总工会"]


@pytest.mark.parametrize(
    "words", [{"text": "唐桥"}, {"text": "tqz"}, {"text": "TQZZGH"}, {"text": "唐"}]
)
async def test_find_my_union_by_name_or_initials_without_log_in(rig: Rig, words):
    found = await rig.client.post("/unions/searches", json=words, headers=rig.as_())

    assert found.status_code == 200, found.text
    assert [union["name"] for union in found.json()["items"]] == ["唐桥镇总工会"]


async def test_find_my_union_offers_the_area_where_the_employer_has_none(rig: Rig):
    body = {"employer": "没有工会的公司", "division": "320599102"}
    found = (await rig.client.post("/unions/searches", json=body, headers=rig.as_())).json()

    assert found["items"] == []
    assert [union["name"] for union in found["catching"]] == ["金港镇总工会"]


async def test_find_my_union_by_place_and_street(rig: Rig):
    await rig.post(WANG, "/unions", STATION_FACTS)
    place = {"division": "320500"}
    street = {"street": "人民路"}

    near = (await rig.client.post("/unions/searches", json=place, headers=rig.as_())).json()
    there = (await rig.client.post("/unions/searches", json=street, headers=rig.as_())).json()

    assert "江临县总工会" in [union["name"] for union in near["items"]]
    assert [union["name"] for union in there["items"]] == ["飞马快递工会"]
    assert set(there["items"][0]) == {
        "id",
        "name",
        "level",
        "kind",
        "division",
        "address",
        "phone",
        "employer_name",
        "catches_all",
        "trade",
    }


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "a' or 1=1", "唐%", "\u200b"])
async def test_find_my_union_takes_words_as_words(rig: Rig, words):
    found = await rig.client.post("/unions/searches", json={"text": words}, headers=rig.as_())

    assert found.status_code in (200, 422)
    assert found.json().get("items", []) == []


async def test_public_facts_are_public_and_no_more(rig: Rig):
    public = (await rig.get(ANONYMOUS, f"/unions/{TOWN}/public")).json()

    assert public["name"] == "唐桥镇总工会"
    assert "chair_name" not in public
    assert (await rig.get(ANONYMOUS, f"/unions/{new_id()}/public")).status_code == 404


async def test_posters_lead_to_their_union(rig: Rig):
    made = await rig.post(LI, f"/unions/{STATION}/posters", {"label": "东门站"})
    again = await rig.post(LI, f"/unions/{STATION}/posters", {"label": "东门站"})
    code = made.json()["code"]
    picture = await rig.get(ANONYMOUS, f"/posters/{code}/qr.svg")

    assert made.status_code == 201, made.text
    assert again.json()["code"] == code
    assert (await rig.get(ANONYMOUS, f"/posters/{code.lower()}")).json()["union"]["id"] == str(
        STATION
    )
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "<svg" in picture.text
    assert (await rig.get(LI, f"/unions/{TOWN}/poster-code")).json()["code"] == POSTER
    assert (await rig.get(ZHAO, f"/unions/{TOWN}/poster-code")).status_code == 404
    assert (await rig.get(ANONYMOUS, "/posters/2222")).status_code == 404


async def test_a_founded_union_has_its_poster_at_once(rig: Rig):
    union = (await rig.post(WANG, "/unions", STATION_FACTS)).json()

    answer = await rig.get(WANG, f"/unions/{union['id']}/poster-code")

    assert answer.status_code == 200
    assert answer.json()["url"].endswith(f"/join/{answer.json()['code']}")


def sheet(*rows: list[object]) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    page = book.add_worksheet()
    for place, row in enumerate(rows):
        page.write_row(place, 0, row)
    book.close()
    return made.getvalue()


async def send(rig: Rig, content: bytes, actor=WANG, name: str = "工会名单.xlsx"):
    return await rig.client.post(
        "/union-imports",
        files={"file": (name, content)},
        data={"parent_id": str(COUNTY)},
        headers=rig.as_(actor, Idempotency_Key=f"key-{new_id()}"),
    )


async def test_import_unions_enters_the_good_rows_and_says_what_is_wrong_with_others(rig: Rig):
    content = sheet(
        ["江临县工会名单"],
        ["级别", "工会名称*", "类型", "上级工会", "区划代码", "联系电话", "会员数"],
        [3, "乐余镇总工会", "地方总工会", "", 320599103, "0512-2", "120"],
        ["基层工会", "乐余快递工会", "独立基层工会", "乐余镇总工会", "320599103", "", ""],
        ["基层工会", "无主工会", "独立基层工会", "没有这个镇", "320599103", "", ""],
        ["九级", "坏级别工会", "独立基层工会", "", "320599103", "", ""],
        [3, "唐桥镇总工会", "地方总工会", "", "320599101", "", ""],
        [3, "人数不对工会", "地方总工会", "", "320599101", "", "很多"],
    )

    answer = await send(rig, content)

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["total"], found["entered"]) == (6, 2)
    wrong = {r["name"]: [p["pointer"] for p in r["problems"]] for r in found["rows"]}
    assert wrong == {
        "乐余镇总工会": [],
        "乐余快递工会": [],
        "无主工会": ["/parent"],
        "坏级别工会": ["/level"],
        "唐桥镇总工会": ["/name"],
        "人数不对工会": ["/member_count"],
    }
    assert len(rig.told("membership.union.founded")) == 2


async def test_import_unions_refuses_what_is_no_list(rig: Rig):
    assert (await send(rig, b"not a sheet", name="x.xlsx")).status_code == 422
    assert (await send(rig, sheet(["甲", "乙"]))).status_code == 422
    assert (await send(rig, sheet(), actor=LI)).status_code == 403


async def test_code_lists_and_calendar_are_public(rig: Rig):
    groups = (await rig.get(ANONYMOUS, "/codes/groups")).json()["items"]
    year = (await rig.get(ANONYMOUS, "/calendar/2026")).json()

    assert groups[1]["label"] == "快递员"
    assert (await rig.get(ANONYMOUS, "/codes/nothing")).status_code == 404
    assert year["published"] is True
    assert {"day": "2026-01-04", "kind": "work", "name": "元旦"} in year["days"]


async def test_enrolment_path_is_public_and_explains_itself(rig: Rig):
    body = {"relation": "self_employed"}
    answer = await rig.client.post("/enrolment-paths", json=body, headers=rig.as_())

    assert answer.json()["path"] == "P2"
    assert answer.json()["rule"] == "M-10 P2, M-31"
