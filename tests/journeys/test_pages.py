"""Every page, as every role, wide and on a phone: nothing for axe, Nu or the console to say."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from deploy.demo import county
from deploy.demo.office import STEP, Desk, Refused
from deploy.demo.people import couriers
from deploy.demo.single import JOURNEYS, SEED
from tests.journeys.looking import PATTERNS, Look, nu, page_of
from tests.journeys.test_worker_joins import FLAGS, code_for, fill_in_person, up_to_person
from tests.platform import Platform

pytestmark = pytest.mark.browser
SIZES = {"wide": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}
# Of one kind of page so many are looked at for each role: applications have states.
EACH = 2
ADMITTED = [n for n, journey in enumerate(JOURNEYS) if journey[-1:] == ("admit",)]
JOINING = [f"/join/{step}" for step in ("work", "platforms", "relation", "where", "person")]
# Reached only on a way that the journey of joining takes, or by typing into a form.
STEPS = {"/join/employer", "/p/{code}", "/choices/unions"}
# The platform that is looked at has no client with a hook, and no identity provider.
HOOK = "/webhooks/{service}/{webhook_id}"
STEPS |= {HOOK, f"{HOOK}/deliveries/{{delivery_id}}"}
# A stream of what has changed, which no link leads to.
STEPS |= {"/imports/{import_id}/progress"}
STEPS |= {"/login/provider/return", "/login/provider/code", "/session/provider"}


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def look() -> Look:
    return Look()


@pytest.fixture(scope="module")
def http(platform: Platform) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=platform.url, timeout=30) as client:
        yield client


def accounts(platform: Platform) -> dict[str, dict[str, str]]:
    """The demonstration's log-ins with what makes their second factor."""
    home = Path(platform.home)
    totp = json.loads((home / "demo-secrets.json").read_text())
    log_ins = json.loads((home / "demo-logins.json").read_text())
    return {one["account"]: one | {"secret": totp[one["account"]]} for one in log_ins}


def log_in(http: httpx.Client, one: dict[str, str]) -> dict[str, str]:
    """What the log-in page would put into the browser; a code works once, so wait for the next."""
    found: list[str] = []
    for _ in range(3):
        body = {"account": one["account"], "password": one["password"]}
        code = pyotp.TOTP(one["secret"]).now()
        try:
            made = Desk(http).post("/identity/v1/staff-sessions", body | {"code": code})
        except Refused as refused:
            found.append(str(refused))
            time.sleep(STEP - time.time() % STEP + 0.5)
        else:
            return made
    raise AssertionError(found)


def log_in_by_phone(look: Look, page: Page, platform: Platform, phone: str) -> None:
    page.goto(f"{platform.url}/my/login")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").fill(code_for(platform, phone))
    look.at(page, "the code that was sent")
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/my")


def opened(browser: Browser, platform: Platform, size: str, session: str = "") -> BrowserContext:
    context = browser.new_context(viewport=SIZES[size], locale="zh-CN")
    if session:
        context.add_cookies([cookie(platform, session)])
    return context


def cookie(platform: Platform, session: str) -> Any:
    host = urlsplit(platform.url).hostname
    kept = {"name": "__Host-session", "value": session, "domain": host, "path": "/"}
    return kept | {"secure": True, "httpOnly": True, "sameSite": "Lax"}


def walk(look: Look, page: Page, platform: Platform, who: str, starts: list[str]) -> None:
    """From link to link, a few of each kind of page, until all kinds have been seen."""
    waiting, met, looked = list(starts), set(starts), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        kind = page_of(urlsplit(path).path)
        if not kind or looked[kind] >= EACH:
            continue
        looked[kind] += 1
        response = page.goto(urljoin(platform.url, path))
        assert response is not None
        name = f"{who} {path}"
        # The public pages lead everybody to what is a worker's own; others are told so.
        if response.status >= 400 and not (response.status == 403 and kind.startswith("/my")):
            look.wrong.append(f"{name}: {response.status}")
        look.keep(name, response)
        look.at(page, name)
        found = [link for link in dict.fromkeys(links(page, platform)) if link not in met]
        met.update(found)
        waiting += found
        if looked[kind] == 1:
            look.after_swaps(page, name)


def links(page: Page, platform: Platform) -> list[str]:
    """Where this page leads on our own site, less its fragments."""
    hrefs: list[str] = page.evaluate("[...document.links].map(link => link.href)")
    own = [href.partition("#")[0] for href in hrefs if href.startswith(platform.url + "/")]
    return [href.removeprefix(platform.url) for href in own]


PUBLIC = ["/", "/find", "/verify", "/privacy", "/login", "/activation", "/my/login", "/join"]


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_a_stranger(look: Look, browser: Browser, platform: Platform, size: str):
    before = len(look.wrong)

    with look.listening(opened(browser, platform, size), f"stranger {size}") as page:
        walk(look, page, platform, f"stranger {size}", PUBLIC)

    assert look.wrong[before:] == []


@pytest.mark.parametrize("account", county.STAFF, ids=lambda person: person.account)
def test_pages_of_staff(
    look: Look, browser: Browser, platform: Platform, http: httpx.Client, account: county.Person
):
    before, who = len(look.wrong), account.account
    session = log_in(http, accounts(platform)[who])["session"]

    for size in SIZES:
        with look.listening(opened(browser, platform, size, session), f"{who} {size}") as page:
            walk(look, page, platform, f"{who} {size}", ["/desk", "/search", "/password"])

    assert look.wrong[before:] == []


@pytest.mark.parametrize(("size", "number"), list(zip(SIZES, ADMITTED, strict=False)))
def test_pages_of_a_worker(
    look: Look, browser: Browser, platform: Platform, size: str, number: int
):
    """Somebody of the demonstration who was admitted, and so has a card."""
    before, who = len(look.wrong), f"worker {size}"
    phone = next(islice(couriers(SEED), number, None)).phone

    with look.listening(opened(browser, platform, size), who) as page:
        log_in_by_phone(look, page, platform, phone)
        walk(look, page, platform, who, ["/my", "/my/card", "/my/data"])

    assert look.wrong[before:] == []


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_somebody_joining(
    look: Look, browser: Browser, platform: Platform, http: httpx.Client, size: str
):
    before, who = len(look.wrong), f"joining {size}"
    desk = Desk(http, log_in(http, accounts(platform)["wu.shenhe"])["access_token"])
    union = desk.get("/identity/v1/me")["acting_union"]["id"]
    poster = desk.get(f"/membership/v1/unions/{union}/poster-code")["url"]

    with look.listening(opened(browser, platform, size), who) as page:
        up_to_person(page, platform, poster)
        walk(look, page, platform, who, JOINING)
        page.goto(f"{platform.url}/join/person")
        fill_in_person(page)
        look.at(page, f"{who} /join/check")

    assert look.wrong[before:] == []


def test_every_page_was_seen(look: Look):
    """The last of this file: what no link led to is either listed here or was forgotten."""
    unseen = {name for name, _ in PATTERNS} - look.seen - STEPS

    assert unseen == set()


@pytest.mark.skipif(not shutil.which("java"), reason="no Java on this machine")
def test_html_of_every_page_is_valid(look: Look):
    assert look.html

    assert nu(look.html) == []
