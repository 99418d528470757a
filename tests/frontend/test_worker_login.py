"""A phone and a code let a worker in; neither stands in an address or readable on the device."""

from tests.frontend.conftest import Browser
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import CHEN

PHONE = "13800001234"


async def test_worker_page_asks_for_the_phone_and_remembers_the_way(stranger: Browser):
    response = await stranger.get("/my/card")

    assert response.status_code == 303
    assert response.headers["location"] == "/my/login?next=/my/card"


async def test_phone_that_cannot_be_one_is_said_beside_the_field(
    stranger: Browser, gateway: StandIn
):
    response = await stranger.send("/join/phone", "/join/phone", {"phone": "123"})

    shown = page(response.text)
    assert response.status_code == 422
    assert shown.one("input", name="phone")["value"] == "123"
    assert shown.one("input", name="phone")["aria-invalid"] == "true"
    assert gateway.asked == []


async def test_code_is_asked_for_and_the_phone_is_kept_sealed(stranger: Browser):
    response = await stranger.send("/my/login", "/my/login", {"phone": PHONE})

    assert response.headers["location"] == "/my/login/code"
    assert PHONE not in response.headers["set-cookie"]
    assert "138****1234" in (await stranger.open("/my/login/code")).text


async def test_right_code_begins_a_session_and_goes_on(stranger: Browser, gateway: StandIn):
    await stranger.send("/my/login?next=/my/card", "/my/login", {"phone": PHONE})
    response = await stranger.send("/my/login/code", "/my/login/code", {"code": "135 790"})

    asked = gateway.last("POST", "/identity/v1/worker-sessions").body
    assert asked == {"phone": PHONE, "code": "135790"}
    assert response.headers["location"] == "/my/card"
    assert "__Host-session=w0rker-session" in response.headers["set-cookie"]


async def test_wrong_code_is_said_and_not_shown_again(stranger: Browser, gateway: StandIn):
    said = "验证码不对或已过期，请核对后重新填写，或重新获取。"
    gateway.refuse("POST", "/identity/v1/worker-sessions", 401, said, code="unauthenticated")
    await stranger.send("/my/login", "/my/login", {"phone": PHONE})

    response = await stranger.send("/my/login/code", "/my/login/code", {"code": "000000"})

    shown = page(response.text)
    assert response.status_code == 422
    assert said in shown.one("p", id="f-code-error").text
    assert "000000" not in response.text


async def test_code_asked_for_twice_leads_back_to_the_code(stranger: Browser, gateway: StandIn):
    await stranger.send("/my/login", "/my/login", {"phone": PHONE})
    gateway.refuse(
        "POST", "/identity/v1/phone-codes", 429, "请在 40 秒后再试。", code="too-many-requests"
    )

    response = await stranger.send("/my/login", "/my/login", {"phone": PHONE})

    assert response.headers["location"] == "/my/login/code"
    assert "请在 40 秒后再试。" in (await stranger.open("/my/login/code")).text


async def test_code_page_without_a_phone_asks_for_it(stranger: Browser):
    response = await stranger.get("/join/phone/code")

    assert response.headers["location"] == "/join/phone"


async def test_whoever_is_in_is_not_asked_again(browser_of):
    response = await browser_of(CHEN).get("/join/phone")

    assert response.headers["location"] == "/join/work"
