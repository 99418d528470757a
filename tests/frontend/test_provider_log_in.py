"""Logging in through the identity provider: the button, the way there, the way back."""

from frontend.forms.provider import REFUSED
from tests.frontend.answers import LEAVING, PROVIDER
from tests.frontend.conftest import Browser
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import LI

ONE = "/identity/v1/identity-provider"
BACK = "/login/provider/return?state=s1&code=c1"


async def leave(stranger: Browser, **more: str):
    form = (await stranger.open("/login?next=/members")).one("form", action="/login/provider")
    return await stranger.post("/login/provider", form.fields() | more)


async def test_the_button_is_there_when_a_provider_is_configured_and_up(stranger, gateway):
    shown = await stranger.open("/login")
    gateway.answer("GET", ONE, PROVIDER | {"is_available": False})
    down = await stranger.open("/login")
    gateway.answer("GET", ONE, PROVIDER | {"is_configured": False, "label": ""})
    none = await stranger.open("/login")
    gateway.refuse("GET", ONE, 503, "登录服务暂时不可用。")
    away = await stranger.open("/login")

    assert shown.one("form", action="/login/provider").one("button").text == "用统一身份认证登录"
    assert down.one("form", action="/login/provider").all("button") == []
    assert "暂时连不上，请用账号、密码和动态码登录" in down.one("main").text
    assert none.all("form", action="/login/provider") == []
    assert away.all("form", action="/login/provider") == []


async def test_the_button_leads_away_by_a_page_and_keeps_the_attempt_sealed(stranger):
    response = await leave(stranger)

    assert response.status_code == 200
    assert response.headers["refresh"] == f"0; url={LEAVING['url']}"
    assert len(page(response.text).all("a", href=LEAVING["url"])) == 1
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-provider=")
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(cookie.split("; "))
    assert LEAVING["attempt"] not in cookie


async def test_one_comes_back_types_the_code_and_lands_where_one_was_going(
    stranger: Browser, gateway: StandIn
):
    await leave(stranger)

    back = await stranger.get(BACK, Sec_Fetch_Site="cross-site")
    made = await stranger.send("/login/provider/code", "/login/provider/code", {"code": "123456"})

    assert (back.status_code, back.headers["location"]) == (303, "/login/provider/code")
    assert gateway.last("POST", "/identity/v1/provider-answers").body == {
        "attempt": LEAVING["attempt"],
        "state": "s1",
        "code": "c1",
    }
    assert gateway.last("POST", "/identity/v1/staff-sessions/provider").body == {
        "attempt": LEAVING["attempt"],
        "code": "123456",
    }
    assert (made.status_code, made.headers["location"]) == (303, "/members")
    cookies = made.headers.get_list("set-cookie")
    assert any(one.startswith("__Host-session=s3cr3t-session;") for one in cookies)
    assert any(one.startswith('__Host-provider="";') for one in cookies)


async def test_where_the_providers_factor_counts_one_is_in_at_once(stranger, gateway):
    gateway.answer(
        "POST", "/identity/v1/provider-answers", {"is_linked": False, "needs_code": False}
    )
    await leave(stranger)

    back = await stranger.get(BACK)

    assert (back.status_code, back.headers["location"]) == (303, "/members")
    assert "__Host-session=s3cr3t-session" in str(back.headers.get_list("set-cookie"))


async def test_somebody_unknown_reads_why_on_the_log_in_page(stranger, gateway):
    await leave(stranger)
    why = "您已通过统一身份认证，但还没有关联本系统的账号。"
    gateway.refuse("POST", "/identity/v1/provider-answers", 403, why, code="subject-unknown")

    back = await stranger.get(BACK)

    assert (back.status_code, back.headers["location"]) == (303, "/login?refused=subject-unknown")
    told = (await stranger.open(back.headers["location"])).one("div", class_="summary").text
    assert REFUSED["subject-unknown"] in told


async def test_without_an_attempt_or_an_answer_nothing_is_asked(stranger, gateway):
    for path in (BACK, "/login/provider/return?error=access_denied&state=s1"):
        response = await stranger.get(path)
        to = response.headers["location"]
        assert (response.status_code, to) == (303, "/login?refused=provider-refused")
        assert REFUSED["provider-refused"] in (await stranger.open(to)).one("main").text
    code = await stranger.get("/login/provider/code")

    assert code.headers["location"] == "/login"
    assert not any(one.path.endswith("/provider-answers") for one in gateway.asked)


async def test_a_wrong_code_stays_on_its_page_and_a_late_one_begins_anew(stranger, gateway):
    await leave(stranger)
    await stranger.get(BACK)
    url = "/identity/v1/staff-sessions/provider"
    gateway.refuse("POST", url, 401, "动态码不正确。", code="log-in-refused")
    wrong = await stranger.send("/login/provider/code", "/login/provider/code", {"code": "000000"})
    gateway.refuse("POST", url, 401, "已经超时。", code="provider-refused")
    late = await stranger.send("/login/provider/code", "/login/provider/code", {"code": "000000"})

    assert wrong.status_code == 422
    assert "动态码不正确。" in page(wrong.text).one("div", class_="summary").text
    assert "000000" not in wrong.text
    assert late.headers["location"] == "/login?refused=provider-refused"
    made_up = await stranger.open("/login?refused=%3Cb%3Eanything")
    assert made_up.all("div", class_="summary") == []


async def test_an_account_is_linked_after_a_fresh_proof_and_unlinked_again(browser_of, gateway):
    browser = browser_of(LI)
    typed = {"password": "correct horse battery", "code": "123456"}

    away = await browser.send("/session/provider", "/session/provider", typed)
    gateway.answer(
        "POST", "/identity/v1/provider-answers", {"is_linked": True, "needs_code": False}
    )
    back = await browser.get(BACK)
    gateway.answer(
        "GET",
        "/identity/v1/me/provider-link",
        {"is_linked": True, "linked_at": "2026-11-20T08:10:00+08:00"},
    )
    listed = await browser.open("/session/devices")
    undone = await browser.send("/session/provider", "/session/provider/removal", {})

    assert away.headers["refresh"] == f"0; url={LEAVING['url']}"
    assert gateway.last("POST", "/identity/v1/me/provider-link").body == typed
    assert (back.status_code, back.headers["location"]) == (303, "/session/devices")
    assert "统一身份认证：已关联" in listed.one("main").text
    assert undone.status_code == 303
    assert gateway.last("DELETE", "/identity/v1/me/provider-link")


async def test_a_refused_proof_is_said_beside_the_form(browser_of, gateway):
    gateway.refuse(
        "POST", "/identity/v1/me/provider-link", 401, "密码或动态码不正确。", code="log-in-refused"
    )
    typed = {"password": "correct horse battery", "code": "123456"}

    response = await browser_of(LI).send("/session/provider", "/session/provider", typed)

    assert response.status_code == 422
    assert "密码或动态码不正确。" in page(response.text).one("div", class_="summary").text
    assert "correct horse" not in response.text


async def test_a_subject_of_somebody_else_is_said_where_linking_began(browser_of, gateway):
    browser = browser_of(LI)
    typed = {"password": "correct horse battery", "code": "123456"}
    await browser.send("/session/provider", "/session/provider", typed)
    gateway.refuse(
        "POST", "/identity/v1/provider-answers", 409, "已关联另一个账号。", code="subject-taken"
    )

    back = await browser.get(BACK)

    assert back.headers["location"] == "/session/provider?refused=subject-taken"
    told = (await browser.open(back.headers["location"])).one("div", class_="summary").text
    assert REFUSED["subject-taken"] in told
