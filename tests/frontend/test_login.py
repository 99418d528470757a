"""Logging in: the form keeps what was typed, the cookie is strict, and one lands where one was."""

import pytest

from tests.frontend.conftest import Browser
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import CHEN, LI

TYPED = {"account": "li", "password": "correct horse battery", "code": "123456"}


async def test_log_in_sets_a_strict_cookie_and_goes_on(stranger: Browser):
    response = await stranger.send("/login?next=/members", "/login", TYPED)

    assert response.status_code == 303
    assert response.headers["location"] == "/members"
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-session=s3cr3t-session;")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


async def test_log_in_never_goes_on_with_a_session_that_was_there_before(stranger: Browser):
    stranger.client.cookies.set("__Host-session", "planted-by-somebody-else")

    response = await stranger.send("/login", "/login", TYPED)

    assert response.headers["set-cookie"].startswith("__Host-session=s3cr3t-session;")
    assert "planted" not in str(response.headers)


async def test_refused_log_in_keeps_the_account_and_nothing_secret(
    stranger: Browser, gateway: StandIn
):
    gateway.refuse(
        "POST",
        "/identity/v1/staff-sessions",
        401,
        "账号、密码或验证码不对。",
        code="unauthenticated",
    )

    response = await stranger.send("/login", "/login", TYPED)

    shown = page(response.text)
    assert response.status_code == 422
    assert shown.one("input", name="account")["value"] == "li"
    assert "value" not in shown.one("input", name="password").attributes
    assert "账号、密码或验证码不对。" in shown.one("div", class_="summary").text
    assert "correct horse" not in response.text


async def test_empty_log_in_names_each_field_beside_it(stranger: Browser):
    response = await stranger.send("/login", "/login", {})

    shown = page(response.text)
    assert response.status_code == 422
    links = [a["href"] for a in shown.one("div", class_="summary").all("a")]
    assert links == ["#f-account", "#f-password", "#f-code"]
    account = shown.one("input", name="account")
    assert account["aria-invalid"] == "true"
    assert account["aria-describedby"] == "f-account-error"
    assert shown.one("p", id="f-account-error").text == "错误： 请填写账号。"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\nb"],
)
async def test_log_in_never_leads_to_another_site(stranger: Browser, target: str):
    form = (await stranger.open("/login")).one("form", action="/login")

    response = await stranger.post("/login", form.fields() | TYPED | {"next": target})

    assert response.headers["location"] == "/desk"


async def test_staff_page_asks_a_stranger_to_log_in_and_remembers_the_way(stranger: Browser):
    response = await stranger.get("/session/devices?x=1")

    assert response.status_code == 303
    assert response.headers["location"] == "/login?next=/session/devices%3Fx%3D1"


async def test_fragment_asked_by_a_stranger_leads_the_whole_page_to_the_log_in(stranger: Browser):
    response = await stranger.get("/session/devices", HX_Request="true")

    assert response.status_code == 401
    assert response.headers["hx-redirect"].startswith("/login?next=")


async def test_log_out_ends_the_session_and_clears_the_device(browser_of, gateway: StandIn):
    response = await browser_of(LI).send("/session/devices", "/logout", {})

    gateway.last("DELETE", "/identity/v1/sessions/current")
    assert response.status_code == 303
    assert response.headers["clear-site-data"] == '"cookies", "storage"'
    assert "__Host-session=" in response.headers["set-cookie"]
    assert "Max-Age=0" in response.headers["set-cookie"]


@pytest.mark.parametrize(
    ("who", "page", "door"), [(LI, "/session/devices", "/login"), (CHEN, "/my/data", "/")]
)
async def test_log_out_everywhere_is_one_button(browser_of, gateway: StandIn, who, page, door):
    browser = browser_of(who)
    shown = await browser.open(page)

    response = await browser.send(page, "/logout/everywhere", {})

    assert "这台设备" in shown.text
    assert "09:12" in shown.text
    gateway.last("DELETE", "/identity/v1/sessions")
    assert (response.status_code, response.headers["location"]) == (303, door)
    assert "Max-Age=0" in response.headers["set-cookie"]
