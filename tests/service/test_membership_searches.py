"""Applications found through the API by what a clerk types, in scope, leaving a trace."""

import pytest

from services.chassis.kernel.actors import ANONYMOUS
from tests.people import CHEN, LI, OTHER_TOWN, SUN, WANG, ZHAO
from tests.service.membership_rig import DING_PHONE, Rig, resident_id, running

NAMES = ("陈小虎", "欧阳娜娜", "王小虎")


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        for number, name in enumerate(NAMES, 1):
            document = {"kind": "111", "number": resident_id(number)}
            person = {"name": name, "document": document, "phone": f"1385123000{number}"}
            await made.submitted(LI, number, person=person)
        yield made


async def find(rig: Rig, actor, text: str, **other) -> list[str]:
    body = {"text": text} | other
    answer = await rig.client.post("/applications/searches", json=body, headers=rig.as_(actor))
    assert answer.status_code == 200, answer.text
    return sorted(item["person"]["name"] for item in answer.json()["items"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", sorted(NAMES)),
        ("小虎", ["王小虎", "陈小虎"]),
        ("陈", ["陈小虎"]),
        ("oynn", ["欧阳娜娜"]),
        ("WX", ["王小虎"]),
        ("0002", ["欧阳娜娜"]),
        (DING_PHONE, ["欧阳娜娜"]),
        (resident_id(3).lower(), ["王小虎"]),
        ("RH20260302", []),
        ("没有此人", []),
        ("%", []),
    ],
)
async def test_find_applications_by_what_a_clerk_would_type(rig: Rig, text, names):
    assert await find(rig, LI, text) == names


async def test_find_an_application_by_its_number_whatever_became_of_it(rig: Rig):
    made = await rig.admitted(LI, 7, person={"name": "丁一", "document": document(7)})

    assert await find(rig, LI, made["number"].lower()) == ["丁一"]
    assert await find(rig, LI, "丁一") == []
    assert await find(rig, LI, "丁一", state="admitted") == ["丁一"]
    assert await find(rig, LI, "小虎", state="returned") == []


async def test_find_applications_stays_in_scope_and_leaves_a_trace(rig: Rig):
    elsewhere = {"name": "赵小虎", "document": document(9)}
    await rig.submitted(ZHAO, 9, union_id=str(OTHER_TOWN), person=elsewhere)
    draft = await rig.draft(CHEN, 10, person={"name": "陈小龙", "document": document(10)})

    assert await find(rig, ZHAO, "小虎") == ["赵小虎"]
    assert await find(rig, LI, resident_id(9)) == []
    assert await find(rig, WANG, resident_id(9)) == ["赵小虎"]
    assert await find(rig, LI, draft["number"]) == []
    for actor, status in ((ANONYMOUS, 401), (SUN, 403), (CHEN, 403)):
        answer = await rig.client.post("/applications/searches", json={}, headers=rig.as_(actor))
        assert answer.status_code == status
    traces = rig.rows(
        "select actor_name, details from membership.audit "
        "where action = 'application.searched' order by id"
    )
    assert [(name, details["by"]) for name, details in traces] == [
        ("赵经办", "name"),
        ("李经办", "document"),
        ("王审核", "document"),
        ("李经办", "number"),
    ]


async def test_find_applications_page_by_page(rig: Rig):
    headers = rig.as_(LI)
    url = "/applications/searches"
    first = (await rig.client.post(url, json={"limit": 2}, headers=headers)).json()
    body = {"limit": 2, "after": first["next"]}
    second = (await rig.client.post(url, json=body, headers=headers)).json()

    names = [item["person"]["name"] for item in first["items"] + second["items"]]
    assert names == list(reversed(NAMES))
    assert second["next"] is None


def document(number: int) -> dict[str, str]:
    return {"kind": "111", "number": resident_id(number)}
