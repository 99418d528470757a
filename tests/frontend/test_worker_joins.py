"""Joining, one question to a screen: answers are kept, refusals stand beside their field."""

import pytest

from tests.frontend import recorded_membership
from tests.frontend import recorded_public as recorded
from tests.frontend.conftest import Browser
from tests.frontend.stand_in import StandIn
from tests.html import Element, page
from tests.people import CHEN, LI

NUMBER = "320582199003070010"
REQUIRED = recorded_membership.consent_texts()["items"]
DRAFT = f"/membership/v1/applications/{recorded.DRAFT}"


@pytest.fixture
def courier(browser_of) -> Browser:
    browser: Browser = browser_of(CHEN)
    return browser


async def answer(courier: Browser, at: str, **typed: str) -> str:
    """Answer the question at ``at``; where it leads."""
    response = await courier.send(at, at, {"do": "next", **typed})
    assert response.status_code == 303, page(response.text).text
    return response.headers["location"]


async def up_to_person(courier: Browser) -> None:
    """From the poster to the fourth step."""
    await courier.send(f"/join/{recorded.POSTER}", "/join", {})
    await answer(courier, "/join/work", group="G06")
    await answer(courier, "/join/platforms", platforms="美团", others="跑腿帮，小象")
    await answer(courier, "/join/relation", relation="partial")
    await answer(courier, "/join/where", union_id=recorded.TANGQIAO["id"])


async def with_person(courier: Browser, **typed: str) -> Element | str:
    """The fourth step filled in; the page that refuses it, or where it leads."""
    form = (await courier.open("/join/person")).one("form", action="/join/person")
    agreed = [("consents", one["id"]) for one in REQUIRED if one["is_required"]]
    data = {**form.fields(), "name": "陈小虎", "document_number": NUMBER, "do": "next", **typed}
    data.pop("consents", None)
    lists: dict[str, list[str]] = {name: [value] for name, value in data.items()}
    lists["consents"] = [value for _, value in agreed]
    response = await courier.client.post("/join/person", data=lists)
    return page(response.text) if response.status_code == 422 else response.headers["location"]


async def test_stranger_proves_the_phone_first(stranger: Browser):
    response = await stranger.get("/join/work")

    assert response.headers["location"].startswith("/join/phone")


async def test_staff_do_not_join_in_somebody_elses_place(browser_of):
    response = await browser_of(LI).get("/join/work")

    assert response.status_code == 403


async def test_questions_follow_from_answers(courier: Browser):
    assert await answer(courier, "/join/work", group="G08") == "/join/relation"
    assert await answer(courier, "/join/work", group="G06") == "/join/platforms"
    assert await answer(courier, "/join/relation", relation="partial") == "/join/where"
    assert await answer(courier, "/join/relation", relation="contract") == "/join/employer"


async def test_unanswered_question_is_asked_again(courier: Browser):
    response = await courier.send("/join/relation", "/join/relation", {"do": "next"})

    assert response.status_code == 422
    summary = page(response.text).one("div", class_="summary")
    assert [link["href"] for link in summary.all("a")] == ["#f-relation"]


async def test_back_keeps_what_was_typed_and_nothing_of_it_is_readable(courier: Browser):
    await up_to_person(courier)
    typed = {"name": "陈小虎", "document_number": "3205821990", "do": "back"}
    response = await courier.send("/join/person", "/join/person", typed)

    assert response.headers["location"] == "/join/where"
    assert "3205821990" not in response.headers["set-cookie"]
    shown = await courier.open("/join/person")
    assert shown.one("input", name="document_number")["value"] == "3205821990"
    assert shown.one("input", name="name")["value"] == "陈小虎"


async def test_answers_that_were_tampered_with_are_none(courier: Browser):
    await up_to_person(courier)
    kept = courier.client.cookies["__Host-join"]
    courier.client.cookies.clear()
    courier.client.cookies.set("__Host-join", kept[:-6] + "AAAAA=", domain="testserver")

    response = await courier.get("/join/person")

    assert response.headers["location"] == "/join/where"


async def test_fourth_step_makes_the_draft_with_everything(courier: Browser, gateway: StandIn):
    await up_to_person(courier)

    assert await with_person(courier) == "/join/check"

    asked = gateway.last("POST", "/membership/v1/applications")
    assert asked.headers["Idempotency-Key"]
    assert asked.body == {
        "poster": recorded.POSTER,
        "group_code": "G06",
        "platforms": ["美团", "跑腿帮", "小象"],
        "situation": {
            "relation": "partial",
            "has_employer_union": False,
            "has_user_union": False,
            "has_industry_union": False,
        },
        "employer_name": None,
        "person": {"name": "陈小虎", "document": {"kind": "111", "number": NUMBER}},
        "consents": [
            {"text_id": one["id"], "version": one["version"]}
            for one in REQUIRED
            if one["is_required"]
        ],
    }


async def test_everything_wrong_is_said_at_once(courier: Browser, gateway: StandIn):
    await up_to_person(courier)
    typed = {"name": "", "document_number": "320582199003070014", "do": "next"}
    response = await courier.send("/join/person", "/join/person", typed)

    shown = page(response.text)
    assert response.status_code == 422
    links = [a["href"] for a in shown.one("div", class_="summary").all("a")]
    assert links == ["#f-name", "#f-document_number", "#f-consents"]
    assert shown.one("input", name="document_number")["value"] == "320582199003070014"
    assert [a.path for a in gateway.asked if a.method == "POST" and "applications" in a.path] == []


async def test_what_the_service_refuses_stands_beside_its_field(courier: Browser, gateway: StandIn):
    await up_to_person(courier)
    said = "未满 16 周岁，不能入会（劳动法规定的最低就业年龄）。"
    gateway.refuse(
        "POST",
        "/membership/v1/applications",
        422,
        "有内容填写不正确。",
        code="unprocessable",
        errors=[{"pointer": "/person/document/number", "code": "too-young", "message": said}],
    )

    shown = await with_person(courier)

    assert isinstance(shown, Element)
    assert said in shown.one("p", id="f-document_number-error").text
    assert shown.one("input", name="name")["value"] == "陈小虎"


async def test_summary_sends_the_version_it_showed_and_ends_the_journey(
    courier: Browser, gateway: StandIn
):
    gateway.answer("GET", DRAFT, recorded.own())
    await up_to_person(courier)
    await with_person(courier)

    response = await courier.send("/join/check", "/join/check", {})

    asked = gateway.last("PUT", f"{DRAFT}/submission")
    assert asked.headers["If-Match"] == '"3"'
    assert asked.headers["Idempotency-Key"]
    assert response.headers["location"] == f"/my/applications/{recorded.DRAFT}"
    assert "__Host-join" not in courier.client.cookies


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("already-applied", "您的信息已收到：同一证件的申请正在办理，请等待结果。"),
        ("already-member", "您已经是“金港镇总工会”的会员，不需要重复入会。"),
    ],
)
async def test_duplicate_is_answered_in_words(
    courier: Browser, gateway: StandIn, code: str, said: str
):
    gateway.answer("GET", DRAFT, recorded.own())
    gateway.refuse("PUT", f"{DRAFT}/submission", 409, said, code=code)
    await up_to_person(courier)
    await with_person(courier)

    response = await courier.send("/join/check", "/join/check", {})

    assert response.status_code == 422
    assert said in page(response.text).one("div", class_="summary").text


async def test_somebody_elses_draft_is_forgotten(courier: Browser, gateway: StandIn):
    await up_to_person(courier)
    await with_person(courier)
    gateway.refuse("GET", DRAFT, 404, "没有找到这份申请。", code="not-found")

    assert (await courier.get("/join/check")).headers["location"] == "/join/person"


async def test_returned_application_is_mended_without_typing_the_rest_again(
    courier: Browser, gateway: StandIn
):
    gateway.answer("GET", DRAFT, recorded.own("returned", reason="姓名写错了。"))
    page_url = f"/my/applications/{recorded.DRAFT}"
    await courier.send(page_url, f"{page_url}/resumption", {})
    assert "姓名写错了。" in (await courier.open("/join/check")).text

    leads = await answer(courier, "/join/person", name="陈晓虎", document_number="")

    asked = gateway.last("PATCH", DRAFT)
    assert leads == "/join/check"
    assert asked.headers["If-Match"] == '"3"'
    assert asked.body["person"] == {
        "name": "陈晓虎",
        "document": {"kind": "111", "number": NUMBER},
        "sex": "1",
        "birth": "1990-03-07",
        "address": "唐桥镇人民路 5 号",
    }
    assert asked.body["situation"]["relation"] == "partial"
    assert asked.body["details"] == {"education": "31"}
    purpose = gateway.last("POST", f"{DRAFT}/disclosures").body["purpose"]
    assert purpose == "correct"
