"""What is one's own: followed, taken back, shown in full on request, carried as a card."""

from tests.frontend import recorded_membership
from tests.frontend import recorded_public as recorded
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import CHEN

MINE = f"/my/applications/{recorded.DRAFT}"
DRAFT = f"/membership/v1/applications/{recorded.DRAFT}"
FULL = "320582199003070010"


async def test_application_says_what_comes_next_and_by_when(browser_of, gateway: StandIn):
    clock = {"rule": "M-08", "due_on": "2027-01-08", "provisional": True, "steps": ["第一步"]}
    gateway.answer("GET", DRAFT, recorded.own("submitted", clocks=[clock]))

    shown = await browser_of(CHEN).open(MINE)

    told = shown.one("section", class_="next-box").text
    assert "2027年1月8日 以前" in told
    assert "暂定" in told
    assert "第一步" in told
    assert "依据 M-08" in told


async def test_overdue_application_says_who_steps_in(browser_of, gateway: StandIn):
    gateway.answer("GET", DRAFT, recorded.own("submitted", is_overdue=True, is_escalated=True))

    shown = await browser_of(CHEN).open(MINE)

    assert "已经提请上级工会督办" in shown.one("section", class_="next-box").text


async def test_application_is_withdrawn_as_it_was_shown(browser_of, gateway: StandIn):
    gateway.answer("GET", DRAFT, recorded.own("submitted"))
    response = await browser_of(CHEN).send(MINE, f"{MINE}/withdrawal", {"reason": "换城市了"})

    asked = gateway.last("PUT", f"{DRAFT}/withdrawal")
    assert asked.body == {"reason": "换城市了"}
    assert asked.headers["If-Match"] == '"3"'
    assert response.headers["location"] == MINE


async def test_decided_application_offers_no_withdrawal(browser_of, gateway: StandIn):
    gateway.answer("GET", DRAFT, recorded.own("admitted", actions=[]))

    shown = await browser_of(CHEN).open(MINE)

    assert shown.all("form", action=f"{MINE}/withdrawal") == []
    assert shown.one("section", class_="next-box").one("a")["href"] == "/my/card"


async def test_my_page_without_membership_offers_to_join(browser_of, gateway: StandIn):
    gateway.refuse("GET", "/membership/v1/members/mine", 404, "还没有会籍。", code="not-found")
    gateway.answer("GET", "/membership/v1/applications/mine", {"items": [], "next": None})

    shown = await browser_of(CHEN).open("/my")

    assert [a["href"] for a in shown.one("main").all("a")] == ["/join", "/my/data"]


async def test_card_is_renewed_alone(browser_of):
    browser = browser_of(CHEN)
    shown = await browser.open("/my/card")
    card = shown.one("section", id="card")
    fragment = await browser.get("/my/card", HX_Request="true")

    assert (card["data-hx-get"], card["data-hx-trigger"]) == ("/my/card", "every 60s")
    assert card.one("svg", class_="segno").one("title").text == "会员卡二维码"
    assert fragment.text.lstrip().startswith('<section id="card"')


async def test_no_card_yet_is_said_in_words(browser_of, gateway: StandIn):
    said = "还没有查到您的会员信息。"
    gateway.refuse("GET", "/membership/v1/members/mine/card", 404, said, code="not-found")

    shown = await browser_of(CHEN).open("/my/card")

    assert "还没有查到您的会员信息。" in shown.one("main").text


async def test_full_numbers_are_shown_once_and_on_request(browser_of, gateway: StandIn):
    path = f"/membership/v1/people/{recorded_membership.PERSON}/disclosures"
    gateway.answer("POST", path, {"facts": {"document": FULL}, "hide_at": "2026-11-21T18:10:00Z"})
    browser = browser_of(CHEN)

    assert FULL not in (await browser.open("/my/data")).text
    response = await browser.send("/my/data", "/my/data", {})

    assert FULL in page(response.text).text
    assert response.headers["cache-control"] == "no-store"
    assert FULL not in (await browser.open("/my/data")).text


async def test_consent_is_withdrawn_as_easily_as_given(browser_of, gateway: StandIn):
    browser = browser_of(CHEN)
    action = f"/my/data/consents/{recorded.CONSENT}/withdrawal"
    response = await browser.send("/my/data", action, {})

    gateway.last("PUT", f"/membership/v1/consents/{recorded.CONSENT}/withdrawal")
    assert response.headers["location"] == "/my/data"


async def test_consent_that_is_not_given_can_be(browser_of, gateway: StandIn):
    response = await browser_of(CHEN).send("/my/data", "/my/data/consents", {})

    asked = gateway.last("POST", "/membership/v1/consents").body
    assert asked["person_id"] == recorded_membership.PERSON
    assert asked["consents"][0]["version"] == "2026-01"
    assert response.status_code == 303
