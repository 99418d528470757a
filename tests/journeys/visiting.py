"""Somebody's browser in the story: what the pages do wrong in it fails the test."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize

from deploy.demo.office import STEP
from deploy.demo.stage import Stage

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
PATIENCE = 20_000
# A violated policy is heard even where the console would say nothing.
LISTEN = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violated: " + event.violatedDirective + " " + event.blockedURI))"""
WRONG_CODE = "status of 422"


@contextmanager
def visiting(browser: Browser, stage: Stage, size: ViewportSize = WIDE) -> Iterator[Page]:
    """A browser of one's own; at the end nothing may have gone wrong on any page."""
    base = str(stage.http.base_url).rstrip("/")
    context = browser.new_context(base_url=base, viewport=size, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(LISTEN)
    wrong: list[str] = []
    _listen(context, base, wrong)
    yield context.new_page()
    context.close()
    assert wrong == []


def log_in(page: Page, stage: Stage, account: str) -> None:
    """Password and second factor; a code that was used a moment ago waits for the next one."""
    page.goto("/login")
    for _ in range(2):
        page.get_by_label("账号").fill(account)
        page.get_by_label("密码", exact=True).fill(stage.passwords[account])
        page.get_by_label("动态验证码").fill(pyotp.TOTP(stage.secrets[account]).now())
        with page.expect_navigation():
            page.get_by_role("button", name="登录", exact=True).click()
        if page.url.endswith("/desk"):
            return
        time.sleep(STEP - time.time() % STEP + 0.5)
    raise AssertionError(page.locator("main").inner_text())


def log_in_by_phone(page: Page, stage: Stage, phone: str) -> None:
    page.goto("/my/login")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").fill(stage.phone_code(phone))
    page.get_by_role("button", name="下一步").click()


def _listen(context: BrowserContext, base: str, wrong: list[str]) -> None:
    def asked(request: Request) -> None:
        if not request.url.startswith((f"{base}/", "data:", "blob:")):
            wrong.append(f"foreign host: {request.url}")

    def said(kind: str, words: str, page: Page | None) -> None:
        where = page.url if page else ""
        # The log-in says so when the code of this half minute was used already.
        if not (where.endswith("/login") and WRONG_CODE in words):
            wrong.append(f"{where}: {words}")

    context.on("request", asked)
    context.on("console", lambda m: said(m.type, m.text, m.page) if m.type == "error" else None)
    context.on("weberror", lambda e: said("script", str(e.error), e.page))
