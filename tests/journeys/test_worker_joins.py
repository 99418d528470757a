"""A courier scans a poster at a traffic light, joins, follows it, and shows the card."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from deploy.demo.office import Desk, log_in
from deploy.demo.people import id_number
from tests.platform import Platform

pytestmark = pytest.mark.browser
PHONE_SIZE = {"width": 360, "height": 740}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


@pytest.fixture(scope="module")
def office(platform: Platform) -> Iterator[Desk]:
    """The reviewer of the town, at a keyboard of their own."""
    home = Path(platform.home)
    log_ins = json.loads((home / "demo-logins.json").read_text())
    password = next(one["password"] for one in log_ins if one["account"] == "wu.shenhe")
    totp = json.loads((home / "demo-secrets.json").read_text())["wu.shenhe"]
    with httpx.Client(base_url=platform.url, timeout=30) as http:
        yield log_in(http, "wu.shenhe", password, totp)


@pytest.fixture(scope="module")
def poster(office: Desk) -> str:
    """The address behind the QR code on the town's poster."""
    union = office.get("/identity/v1/me")["acting_union"]["id"]
    url: str = office.get(f"/membership/v1/unions/{union}/poster-code")["url"]
    return url


@pytest.fixture
def phone_of(browser_path: str) -> Iterator[Callable[..., BrowserContext]]:
    """Somebody's phone: small, and with scripts or without."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)

        def phone(**options: Any) -> BrowserContext:
            return browser.new_context(viewport=PHONE_SIZE, locale="zh-CN", **options)

        yield phone
        browser.close()


def test_courier_joins_from_a_poster_and_follows_it_to_the_card(
    platform: Platform, office: Desk, poster: str, phone_of: Callable[..., BrowserContext]
) -> None:
    with watched(phone_of(is_mobile=True, has_touch=True), platform) as courier:
        application = join(courier, platform, poster)
        expect(courier.get_by_text("以前，唐桥镇总工会会告诉您结果")).to_be_visible()
        courier.get_by_text("这一天是怎么算的").click()
        expect(courier.get_by_text("依据 M-08")).to_be_visible()

        decide(office, application, "return", {"reason": "姓名和身份证对不上，请核对。"})
        courier.goto(f"{platform.url}/my")
        courier.get_by_role("link", name="退回补正").click()
        courier.get_by_role("button", name="去修改").click()
        expect(courier.get_by_text("姓名和身份证对不上，请核对。")).to_be_visible()
        courier.get_by_role("link", name=re.compile(r"修改\s*本人")).click()
        courier.get_by_label("姓名").fill("陈晓虎")
        courier.get_by_role("button", name="保存修改").click()
        courier.get_by_role("button", name="提交申请").click()
        expect(courier.get_by_text("您的入会申请已经提交。")).to_be_visible()

        decide(office, application, "decision", {"outcome": "admitted", "reason": ""})
        courier.goto(f"{platform.url}/my/card")
        expect(courier.get_by_text("陈晓虎")).to_be_visible()
        expect(courier.get_by_role("img", name="会员卡二维码")).to_be_visible()


def test_joining_works_without_scripts(
    platform: Platform, poster: str, phone_of: Callable[..., BrowserContext]
) -> None:
    with watched(phone_of(java_script_enabled=False), platform) as courier:
        join(courier, platform, poster)

        expect(courier.get_by_text("您的入会申请已经提交。")).to_be_visible()


def test_scanned_card_says_only_what_is_needed(
    platform: Platform, office: Desk, poster: str, phone_of: Callable[..., BrowserContext]
) -> None:
    with watched(phone_of(), platform) as member:
        application = join(member, platform, poster)
        decide(office, application, "decision", {"outcome": "admitted", "reason": ""})
        token = own_card(member, platform)
    with watched(phone_of(), platform) as stranger:
        stranger.goto(f"{platform.url}/verify#{token}")

        verdict = stranger.locator(".verdict")
        expect(verdict).to_contain_text("有效")
        expect(verdict).to_contain_text("陈**")
        expect(verdict).not_to_contain_text("小虎")
        assert token not in stranger.url


def test_back_keeps_everything(
    platform: Platform, poster: str, phone_of: Callable[..., BrowserContext]
) -> None:
    with watched(phone_of(), platform) as courier:
        up_to_person(courier, platform, poster)
        courier.get_by_label("姓名").fill("陈小虎")
        courier.get_by_label("身份证号").fill("3205821995")
        courier.get_by_role("button", name="上一步").click()
        expect(courier.get_by_text("您扫的海报就是这个工会")).to_be_visible()
        courier.get_by_role("button", name="下一步").click()

        expect(courier.get_by_label("姓名")).to_have_value("陈小虎")
        expect(courier.get_by_label("身份证号")).to_have_value("3205821995")


def join(courier: Page, platform: Platform, poster: str) -> str:
    """From the poster to the sent application; its id."""
    up_to_person(courier, platform, poster)
    fill_in_person(courier)
    courier.get_by_role("button", name="提交申请").click()
    expect(courier.get_by_role("heading", name="接下来")).to_be_visible()
    return courier.url.rpartition("/")[2]


def fill_in_person(courier: Page) -> None:
    """The fourth step, up to the summary."""
    courier.get_by_label("姓名").fill("陈小虎")
    courier.get_by_label("身份证号").fill(new_number())
    courier.get_by_label("入会申请个人信息处理告知与同意").check()
    courier.get_by_label("处理身份证件号码的单独同意").check()
    courier.get_by_role("button", name="下一步").click()
    expect(courier.get_by_role("heading", name="都对吗？")).to_be_visible()


def up_to_person(courier: Page, platform: Platform, poster: str) -> None:
    """The first three of the five steps."""
    number = f"139{secrets.randbelow(10**8):08d}"
    courier.goto(poster)
    courier.get_by_role("button", name="开始填写").click()
    courier.get_by_label("手机号").fill(number)
    courier.get_by_role("button", name="获取验证码").click()
    courier.get_by_label("短信验证码").fill(code_for(platform, number))
    courier.get_by_role("button", name="下一步").click()
    for choice in ("网约送餐员", "美团", "平台或站点管着我接单"):
        courier.locator("label", has_text=choice).click()
        courier.get_by_role("button", name="下一步").click()
    expect(courier.get_by_text("您扫的海报就是这个工会")).to_be_visible()
    courier.get_by_role("button", name="下一步").click()


def decide(office: Desk, application: str, what: str, body: dict[str, str]) -> None:
    """The office acts on the application as it stands."""
    path = f"/membership/v1/applications/{application}"
    office.send("PUT", f"{path}/{what}", body, office.get(path)["version"])


def own_card(member: Page, platform: Platform) -> str:
    """The code on the member's card, as a scanner would read it."""
    member.goto(f"{platform.url}/my/card")
    expect(member.get_by_role("img", name="会员卡二维码")).to_be_visible()
    address = member.get_by_role("link", name="看看别人扫到什么").get_attribute("href")
    assert address is not None
    return address.partition("#")[2]


def code_for(platform: Platform, number: str) -> str:
    """What arrived on the phone; delivery follows the answer."""
    for _ in range(50):
        sent = httpx.get(f"{platform.identity}/local/codes.json").json()["phone_codes"]
        found = [one["code"] for one in sent if one["phone"] == number]
        if found:
            return str(found[0])
    message = "no code arrived"
    raise AssertionError(message)


def new_number() -> str:
    """An id number that nobody has, with the right check digit."""
    birth = date(1970 + secrets.randbelow(30), 1 + secrets.randbelow(12), 1 + secrets.randbelow(28))
    return id_number("320582", birth, secrets.randbelow(999))


@contextmanager
def watched(context: BrowserContext, platform: Platform) -> Iterator[Page]:
    """A page that must break no rule of its policy, and ask nothing of another host."""
    seen: list[str] = []
    context.on("request", lambda request: seen.append(request.url))
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    foreign = [url for url in seen if not url.startswith((platform.url, "data:"))]
    broken = [text for text in said if "Content Security Policy" in text or "Error:" in text]
    context.close()
    assert (foreign, broken) == ([], [])
