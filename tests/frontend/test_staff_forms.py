"""Staff forms: what is sent, what is kept, and how a refusal is told."""

import pytest

from tests.frontend import recorded_membership as recorded
from tests.frontend.conftest import Browser
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import LI, QIAN, TOWN, WANG

APPLICATION = f"/applications/{recorded.APPLICATION}"
TYPED = {
    "name": "顾晓峰",
    "document_kind": "111",
    "document_number": "320582199603057776",
    "phone": "13812345678",
    "group_code": "G02",
    "platforms": "顺丰速运、 美团",
    "relation": "partial",
    "unions_there": "has_industry_union",
    "union_id": str(TOWN),
    "consents": recorded.TEXT,
    "do": "submit",
}


async def test_counter_sends_the_application_once_and_hands_it_in(browser_of, gateway: StandIn):
    response = await browser_of(LI).send("/applications/new", "/applications", TYPED)

    made = gateway.last("POST", "/membership/v1/applications")
    assert response.status_code == 303
    assert made.body == {
        "person": {
            "name": "顾晓峰",
            "document": {"kind": "111", "number": "320582199603057776"},
            "phone": "13812345678",
        },
        "group_code": "G02",
        "platforms": ["顺丰速运", "美团"],
        "situation": {
            "relation": "partial",
            "has_employer_union": False,
            "has_user_union": False,
            "has_industry_union": True,
        },
        "union_id": str(TOWN),
        "consents": [{"text_id": recorded.TEXT, "version": "2026-01"}],
    }
    handed_in = gateway.last("PUT", f"/membership/v1{APPLICATION}/submission")
    assert handed_in.headers["If-Match"] == '"3"'
    assert handed_in.headers["Idempotency-Key"] == made.headers["Idempotency-Key"] + "-submit"


async def test_refused_application_keeps_every_value_and_tells_it_beside_the_field(
    browser_of, gateway: StandIn
):
    wrong = {
        "pointer": "/person/document/number",
        "code": "check-digit",
        "message": "最后一位应为“6”。",
    }
    gateway.refuse(
        "POST", "/membership/v1/applications", 422, "请修改。", code="unprocessable", errors=[wrong]
    )

    response = await browser_of(LI).send("/applications/new", "/applications", TYPED)

    shown = page(response.text)
    assert response.status_code == 422
    form = shown.one("form", action="/applications").fields()
    assert {name: form[name] for name in TYPED if name not in {"do", "platforms"}} == {
        name: value for name, value in TYPED.items() if name not in {"do", "platforms"}
    }
    number = shown.one("input", name="document_number")
    assert number["aria-invalid"] == "true"
    assert "最后一位应为“6”。" in shown.one("p", id=number["aria-describedby"]).text
    assert [a["href"] for a in shown.one("div", class_="summary").all("a")] == [
        "#f-document_number"
    ]


@pytest.mark.parametrize(("status", "is_kept"), [(503, True), (409, False)])
async def test_key_stays_only_where_the_first_try_may_have_worked(
    browser_of, gateway: StandIn, status: int, is_kept: bool
):
    browser: Browser = browser_of(LI)
    form = (await browser.open("/applications/new")).one("form", action="/applications").fields()
    gateway.refuse("POST", "/membership/v1/applications", status, "现在不行。", code="unavailable")

    response = await browser.post("/applications", form | TYPED)

    shown = page(response.text).all("input", name="_key")
    assert (shown[0]["value"] == form["_key"] if shown else is_kept) is is_kept


async def test_decision_carries_the_version_that_was_read(browser_of, gateway: StandIn):
    response = await browser_of(WANG).send(APPLICATION, f"{APPLICATION}/admit", {})

    asked = gateway.last("PUT", f"/membership/v1{APPLICATION}/decision")
    assert response.headers["location"] == APPLICATION
    assert asked.body == {"outcome": "admitted"}
    assert asked.headers["If-Match"] == '"3"'


async def test_refusal_without_reason_is_asked_for_it_and_nothing_is_sent(
    browser_of, gateway: StandIn
):
    response = await browser_of(WANG).send(APPLICATION, f"{APPLICATION}/refuse", {"reason": " "})

    assert response.status_code == 422
    assert "请填写理由。" in response.text
    assert [asked for asked in gateway.asked if asked.method == "PUT"] == []


async def test_decision_on_a_changed_application_keeps_the_reason(browser_of, gateway: StandIn):
    gateway.refuse(
        "PUT", f"/membership/v1{APPLICATION}/return", 412, "刚被别人修改过。", code="stale"
    )

    response = await browser_of(WANG).send(
        APPLICATION, f"{APPLICATION}/return", {"reason": "缺少证件。"}
    )

    shown = page(response.text)
    assert response.status_code == 412
    assert "刚被别人修改过。" in shown.one("div", class_="summary").text
    assert "缺少证件。" in [area.text for area in shown.all("textarea")]


async def test_bulk_refusal_without_reason_keeps_what_was_chosen(browser_of, gateway: StandIn):
    chosen = {"id": recorded.APPLICATION, "outcome": "refused", "reason": ""}

    response = await browser_of(WANG).send("/applications", "/applications/decisions", chosen)

    ticked = [
        b["value"] for b in page(response.text).all("input", name="id") if "checked" in b.attributes
    ]
    assert response.status_code == 422
    assert ticked == [recorded.APPLICATION]
    assert [asked for asked in gateway.asked if asked.path.endswith("/decisions")] == []


async def test_bulk_decision_tells_each_that_was_not_done(browser_of, gateway: StandIn):
    chosen = {"id": recorded.APPLICATION, "outcome": "admitted"}

    response = await browser_of(WANG).send("/applications", "/applications/decisions", chosen)

    asked = gateway.last("POST", "/membership/v1/decisions")
    assert asked.body["application_ids"] == [recorded.APPLICATION]
    assert "您登记的申请要由别人审核。" in response.text
    assert "陈虎" in response.text


async def test_clerk_sees_no_way_to_decide(browser_of, gateway: StandIn):
    mine = recorded.application() | {"actions": ["withdraw"]}
    gateway.answer("GET", f"/membership/v1{APPLICATION}", mine)

    shown = await browser_of(LI).open(APPLICATION)

    actions = [form["action"] for form in shown.one("section", class_="actions").all("form")]
    assert actions == [f"{APPLICATION}/withdraw"]


async def test_returned_application_comes_back_filled_for_correction(browser_of, gateway: StandIn):
    mine = recorded.application(0, "returned") | {"actions": ["submit"]}
    gateway.answer("GET", f"/membership/v1{APPLICATION}", mine)
    facts = {"document": "320582199603057776", "phone": "13812345678", "address": ""}
    gateway.answer("POST", f"/membership/v1{APPLICATION}/disclosures", {"facts": facts})

    response = await browser_of(LI).send(APPLICATION, f"{APPLICATION}/correction", {})

    form = page(response.text).one("form", action=f"{APPLICATION}/amendment").fields()
    assert gateway.last("POST", f"/membership/v1{APPLICATION}/disclosures").body["purpose"] == (
        "correct"
    )
    assert form["document_number"] == "320582199603057776"
    assert form["_etag"] == '"3"'
    assert form["platforms"] == "顺丰速运"
    assert form["consents"] == recorded.TEXT


async def test_correction_sends_no_consent_twice(browser_of, gateway: StandIn):
    browser: Browser = browser_of(LI)
    form = (await browser.open("/applications/new")).one("form", action="/applications").fields()
    gateway.answer("PATCH", f"/membership/v1{APPLICATION}", recorded.application(0, "returned"))

    await browser.post(f"{APPLICATION}/amendment", form | TYPED | {"_etag": '"3"'})

    asked = gateway.last("PATCH", f"/membership/v1{APPLICATION}")
    assert asked.headers["If-Match"] == '"3"'
    assert asked.body["consents"] == []
    gateway.last("PUT", f"/membership/v1{APPLICATION}/submission")


async def test_sheet_is_passed_on_with_its_own_name(browser_of, gateway: StandIn):
    browser: Browser = browser_of(LI)
    form = (await browser.open("/imports/new")).one("form", action="/imports").fields()
    file = {"file": ("快递员“名单”.xlsx", b"PK\x03\x04", "application/octet-stream")}

    response = await browser.client.post("/imports", data=form, files=file)

    asked = gateway.last("POST", "/membership/v1/imports")
    assert response.status_code == 303
    assert "快递员“名单”.xlsx".encode() in asked.body
    assert str(TOWN).encode() in asked.body


async def test_same_sheet_again_leads_to_the_first(browser_of, gateway: StandIn):
    gateway.refuse(
        "POST",
        "/membership/v1/imports",
        409,
        "上传过。",
        code="same-file",
        **{"import": recorded.IMPORT},
    )
    browser: Browser = browser_of(LI)
    form = (await browser.open("/imports/new")).one("form", action="/imports").fields()

    response = await browser.client.post("/imports", data=form, files={"file": ("a.csv", b"x")})

    links = [a["href"] for a in page(response.text).one("div", class_="summary").all("a")]
    assert response.status_code == 422
    assert links == [f"/imports/{recorded.IMPORT}"]


async def test_id_number_tells_birth_and_sex_as_it_is_typed(browser_of):
    browser: Browser = browser_of(LI)
    form = (await browser.open("/applications/new")).one("form", action="/applications").fields()
    typed = form | {"document_number": "320582199603057776"}

    right = await browser.post("/checks/document", typed, HX_Request="true")
    wrong = await browser.post(
        "/checks/document", typed | {"document_number": "320582199603057777"}, HX_Request="true"
    )

    assert page(right.text).text == "男，1996年3月5日出生"
    assert "最后一位" in wrong.text


async def test_auditor_narrows_by_days_of_shanghai(browser_of, gateway: StandIn):
    await browser_of(QIAN).open("/audit?since=2026-11-01&until=2026-11-02")

    asked = [a for a in gateway.asked if a.path.endswith("/audit")]
    assert len(asked) == 1
    assert asked[0].query["since"] == "2026-11-01T00:00:00+08:00"
    assert asked[0].query["until"] == "2026-11-03T00:00:00+08:00"


async def test_page_says_honestly_that_a_service_is_down(browser_of, gateway: StandIn):
    gateway.refuse(
        "GET", "/membership/v1/applications", 503, "会员服务暂时连不上。", code="unavailable"
    )

    response = await browser_of(WANG).get("/applications")

    assert response.status_code == 503
    assert response.headers["retry-after"] == "20"
    assert "会员服务暂时连不上。" in response.text
    assert "20 秒以后再试" in response.text


async def test_calls_carry_token_own_credential_and_where_the_person_is(
    browser_of, gateway: StandIn
):
    await browser_of(WANG).get(
        "/applications", X_Forwarded_For="198.51.100.7", X_Request_Id="req-0123456789abcdef"
    )

    asked = gateway.last("GET", "/membership/v1/applications")
    assert asked.headers["Authorization"].startswith("Bearer ")
    assert asked.headers["X-Forwarded-For"] == "198.51.100.7"
    assert asked.headers["X-Request-Id"] == "req-0123456789abcdef"
    assert asked.headers["X-Client-Assertion"].count(".") == 2
    assert 0 < int(asked.headers["X-Deadline-Ms"]) <= 10_000


async def test_unexpected_failure_is_a_page_with_a_number_and_no_secret(
    browser_of, gateway: StandIn
):
    gateway.answer("GET", "/membership/v1/applications", {"unexpected": True})

    response = await browser_of(WANG).get("/applications", X_Request_Id="req-0123456789abcdef")

    assert response.status_code == 500
    assert "req-0123456789abcdef" in response.text
    assert "KeyError" not in response.text
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
