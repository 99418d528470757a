"""P16: what pages weigh on the wire, whether they hold still, and how long a slow line makes them.

Included: everything a Chromium fetches for the page (HTML, stylesheet, scripts, icons), as it is
compressed on the wire with its headers; a first visit with an empty cache, then each next page with
the cache of the one before; layout shift as the browser counts it; the time until loaded at
400 kbit/s and 200 ms of latency. Left out: TLS and the log-in itself.
Asks a running platform with its demonstration data: NIANGJIA_HOME and PORT as for ``make run``;
without them it starts one of its own.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pyotp
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from bench.platform import platform
from deploy.demo.office import STEP, Desk, Refused
from tests.conftest import chromium

FIRST, NEXT = 130.0, 30.0  # kB
KBIT = 400
LATENCY = 200
SHIFT = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
# As whom, which page; the first of each has an empty cache.
PUBLIC = ("/", "/join", "/login", "/find", "/privacy")
STAFF = ("/desk", "/members", "/applications", "/imports", "/unions")


@dataclass(frozen=True, slots=True)
class Weighed:
    """One page as a browser got it."""

    path: str
    first: float
    following: float
    shift: float
    seconds: float


def main() -> int:
    with site() as (url, home), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        session = log_in(url, home)
        pages = [weigh(browser, url, path, "") for path in PUBLIC]
        pages += [weigh(browser, url, path, session) for path in staff_pages(browser, url, session)]
        browser.close()
    print(f"    {'page':<24}{'first kB':>9}{'next kB':>9}{'shift':>8}{'s at 400 kbit/s':>17}")
    for one in pages:
        print(
            f"    {one.path:<24}{one.first:9.1f}{one.following:9.1f}"
            f"{one.shift:8.3f}{one.seconds:17.1f}"
        )
    return report(pages)


@contextmanager
def site() -> Iterator[tuple[str, Path]]:
    home = os.environ.get("NIANGJIA_HOME")
    if home:
        yield f"http://127.0.0.1:{os.environ.get('PORT', '8000')}", Path(home)
        return
    with platform(NIANGJIA_DEMO="1") as ours:
        yield f"http://127.0.0.1:{ours.gateway}", ours.home


def log_in(url: str, home: Path) -> str:
    """The county's clerk, whose imports are there; a code works once."""
    account = "feng.jingban"
    log_ins = json.loads((home / "demo-logins.json").read_text())
    password = next(one["password"] for one in log_ins if one["account"] == account)
    totp = pyotp.TOTP(json.loads((home / "demo-secrets.json").read_text())[account])
    with httpx.Client(base_url=url, timeout=30) as http:
        for _ in range(3):
            body = {"account": account, "password": password, "code": totp.now()}
            try:
                return str(Desk(http).post("/identity/v1/staff-sessions", body)["session"])
            except Refused:
                time.sleep(STEP - time.time() % STEP + 0.5)
    raise SystemExit("the demonstration's clerk could not log in")


def staff_pages(browser: Browser, url: str, session: str) -> list[str]:
    """The main pages, and the dry run of a sheet."""
    context = opened(browser, url, session)
    page = context.new_page()
    page.goto(f"{url}/imports")
    sheets = page.locator("main a[href^='/imports/']").all()
    hrefs = (sheet.get_attribute("href") or "" for sheet in sheets)
    dry_runs = islice((href for href in hrefs if len(href) > len("/imports/new") + 10), 1)
    found = [*STAFF, *(f"{href}?show=all" for href in dry_runs)]
    context.close()
    return found


def weigh(browser: Browser, url: str, path: str, session: str) -> Weighed:
    first, shift = visit(opened(browser, url, session), url, path)
    following, _ = visit(opened(browser, url, session), url, path, before=other(path))
    return Weighed(path, first, following, shift, slowly(browser, url, path, session))


def other(path: str) -> str:
    """Where the visitor comes from, with stylesheet and scripts in the cache."""
    return "/privacy" if path != "/privacy" else "/"


def visit(context: BrowserContext, url: str, path: str, before: str = "") -> tuple[float, float]:
    """Kilobytes on the wire, and layout shift."""
    page = context.new_page()
    page.add_init_script(SHIFT)
    if before:
        page.goto(url + before, wait_until="networkidle")
    wire = context.new_cdp_session(page)
    sizes = counted(wire)
    page.goto(url + path, wait_until="load")
    page.wait_for_timeout(800)
    shift = float(page.evaluate("window.shifted"))
    context.close()
    return sum(sizes) / 1000, shift


def counted(wire: CDPSession) -> list[float]:
    sizes: list[float] = []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    return sizes


def slowly(browser: Browser, url: str, path: str, session: str) -> float:
    """Seconds until loaded with an empty cache on a slow line."""
    context = opened(browser, url, session)
    page: Page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    bytes_a_second = KBIT * 1000 / 8
    line = {"downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second}
    wire.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY, **line})
    begun = time.monotonic()
    page.goto(url + path, wait_until="load", timeout=60_000)
    seconds = time.monotonic() - begun
    context.close()
    return seconds


def opened(browser: Browser, url: str, session: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    if session:
        kept: Any = {"name": "__Host-session", "value": session, "path": "/", "secure": True}
        context.add_cookies([kept | {"domain": urlsplit(url).hostname, "httpOnly": True}])
    return context


def report(pages: list[Weighed]) -> int:
    found = (
        ("heaviest first page", max(one.first for one in pages), FIRST, "kB"),
        ("heaviest next page", max(one.following for one in pages), NEXT, "kB"),
        ("largest layout shift", max(one.shift for one in pages), 0.0, ""),
    )
    for what, value, goal, unit in found:
        verdict = "met" if round(value, 3) <= goal else "MISSED"
        print(f"P16 {what:<24}{value:8.3f} {unit:<3} goal <= {goal:g} {unit}: {verdict}")
    slowest = max(one.seconds for one in pages)
    print(f"P16 slowest at {KBIT} kbit/s {slowest:9.1f} s  (goal: works)")
    return 0 if all(round(value, 3) <= goal for _, value, goal, _ in found) else 1


if __name__ == "__main__":
    sys.exit(main())
