"""Only our own forms change anything: every unsafe route, every way to try (AUTH-08)."""

import re
from collections.abc import Iterator

import pytest

from frontend.pages import ROUTERS
from tests.frontend import answers
from tests.frontend import recorded_membership as recorded
from tests.frontend.conftest import ORIGIN, Browser
from tests.frontend.stand_in import StandIn
from tests.people import LI, TOWN

_IDS = {
    "application_id": recorded.APPLICATION,
    "member_id": recorded.MEMBER,
    "import_id": recorded.IMPORT,
    "union_id": str(TOWN),
    "parent_id": str(TOWN),
    "account_id": answers.ACCOUNT,
    "grant_id": answers.GRANT,
    "number": "17",
    "action": "withdraw",
}


def _unsafe() -> Iterator[str]:
    for router in ROUTERS:
        for route in router.routes:
            if getattr(route, "methods", set()) - {"GET", "HEAD"}:
                path: str = route.path  # type: ignore[attr-defined]  # every page's route has one
                yield re.sub(r"\{(\w+)\}", lambda found: _IDS.get(found[1], "x"), path)


UNSAFE = sorted(set(_unsafe()))


async def _token(browser: Browser) -> str:
    return (await browser.open("/session/devices")).hidden("_csrf")


@pytest.mark.parametrize("path", UNSAFE)
async def test_post_without_token_is_refused_and_reaches_no_service(
    browser_of, gateway: StandIn, path: str
):
    response = await browser_of(LI).post(path, {"text": "x"})

    assert response.status_code == 403
    assert [asked for asked in gateway.asked if asked.method != "GET"] == []


@pytest.mark.parametrize("path", UNSAFE)
async def test_post_with_a_wrong_token_is_refused_and_reaches_no_service(
    browser_of, gateway: StandIn, path: str
):
    browser = browser_of(LI)
    wrong = ("", "0" * 128, "x" * 128, "0" * 126)

    answers = [(await browser.post(path, {"_csrf": token})).status_code for token in wrong]

    assert answers == [403] * len(wrong)
    assert [asked for asked in gateway.asked if asked.method != "GET"] == []


@pytest.mark.parametrize("path", UNSAFE)
async def test_post_from_another_site_is_refused_even_with_a_token(
    browser_of, gateway: StandIn, path: str
):
    browser = browser_of(LI)
    data = {"_csrf": await _token(browser)}

    crossing = await browser.post(path, data, Sec_Fetch_Site="cross-site")
    sibling = await browser.post(path, data, Sec_Fetch_Site="same-site")
    foreign = await browser.post(path, data, Origin="https://evil.example")

    assert [crossing.status_code, sibling.status_code, foreign.status_code] == [403, 403, 403]
    assert [asked for asked in gateway.asked if asked.method != "GET"] == []


async def test_token_of_another_session_is_refused(browser_of):
    theirs = await _token(browser_of(LI))
    mine = browser_of(LI.__class__(**{**_fields(LI), "session": TOWN}))

    response = await mine.post("/logout", {"_csrf": theirs})

    assert response.status_code == 403


async def test_own_token_from_our_own_page_is_let_in(browser_of):
    browser = browser_of(LI)
    data = {"_csrf": await _token(browser), "union_id": str(TOWN)}

    response = await browser.post(
        "/session/union", data, Origin=ORIGIN, Sec_Fetch_Site="same-origin"
    )

    assert response.status_code == 303


async def test_token_is_never_the_same_twice(browser_of):
    browser = browser_of(LI)

    assert await _token(browser) != await _token(browser)


async def test_form_of_an_ended_session_asks_for_the_log_in_and_does_nothing(
    browser_of, stranger: Browser, gateway: StandIn
):
    token = await _token(browser_of(LI))

    response = await stranger.post("/applications", {"_csrf": token, "name": "王小明"})

    assert response.status_code == 401
    assert "登录已结束" in response.text
    assert 'href="/login' in response.text
    assert [asked for asked in gateway.asked if asked.method == "POST"] == []


def _fields(actor) -> dict[str, object]:
    return {name: getattr(actor, name) for name in actor.__slots__}
