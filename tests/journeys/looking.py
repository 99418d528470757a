"""Looks at a page as a checker would: axe, the console, sideways scrolling, the words of HTML."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response
from starlette.routing import compile_path

from deploy.addresses import ROOT
from frontend.pages import ROUTERS

MODULES = ROOT / "frontend" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
NU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
# Files and answers to scripts, which nobody looks at as a page.
NO_PAGE = re.compile(r"\.xlsx$|/state$|^/(livez|readyz|static|api)\b")
OVERFLOW = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
SWAPS = "input[data-hx-post], input[data-hx-get], textarea[data-hx-post]"

SETTLED = 200  # milliseconds: htmx swaps, settles and moves the focus


def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """The pages that can be asked for by their address, in the order that decides."""
    found = [
        (route.path, compile_path(route.path)[0])
        for router in ROUTERS
        for route in router.routes
        if "GET" in route.methods  # type: ignore[attr-defined]  # all of them are routes
    ]
    return [(path, pattern) for path, pattern in found if not NO_PAGE.search(path)]


PATTERNS = _patterns()


def page_of(path: str) -> str:
    """Which page of the site map an address is; '' for what is none."""
    if NO_PAGE.search(path):
        return ""
    return next((name for name, pattern in PATTERNS if pattern.match(path)), "")


@dataclass(slots=True)
class Look:
    """Everything that is wrong, page by page, and the HTML that was seen."""

    wrong: list[str] = field(default_factory=list)
    html: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def at(self, page: Page, name: str) -> None:
        """A page that stands still: no rule of axe broken, nothing wider than the screen."""
        for fault in axe(page):
            self.wrong.append(f"{name}: axe {fault}")
        width = page.evaluate(OVERFLOW)
        if width > 0:
            self.wrong.append(f"{name}: {width} px wider than the screen")

    def after_swaps(self, page: Page, name: str) -> None:
        """The same after what is typed was answered with a part of a page."""
        for number in range(page.locator(SWAPS).count()):
            box = page.locator(SWAPS).nth(number)
            if box.is_visible():
                with page.expect_response(_is_part):
                    box.fill("12")
                    box.press("Tab")
                self._after(page, f"{name} after {box.get_attribute('name')}")
        mend = page.locator("form[data-hx-post] input:visible").first
        if mend.count():
            with page.expect_response(_is_part):
                mend.press("Enter")
            self._after(page, f"{name} after mending")

    def _after(self, page: Page, name: str) -> None:
        page.wait_for_timeout(SETTLED)
        self.at(page, name)

    def keep(self, name: str, response: Response | None) -> None:
        if response is not None and "text/html" in response.headers.get("content-type", ""):
            self.html[name] = response.text()

    @contextmanager
    def listening(self, context: BrowserContext, who: str) -> Iterator[Page]:
        page = context.new_page()

        def said(kind: str, words: str) -> None:
            self.wrong.append(f"{who} {urlsplit(page.url).path}: {kind} {words}")

        page.on("framenavigated", lambda frame: self.seen.add(page_of(urlsplit(frame.url).path)))
        page.on("console", lambda m: said("console", m.text) if _is_error(m) else None)
        page.on("pageerror", lambda error: said("script", str(error)))
        yield page
        context.close()


def _is_error(message: ConsoleMessage) -> bool:
    """A page that is refused is a page as well, and the browser says so here."""
    return message.type == "error" and "status of 403" not in message.text


def _is_part(answer: Response) -> bool:
    return "hx-request" in answer.request.headers


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """What axe-core finds, in a line each."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run().then(done => done.violations)")
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:120]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def nu(pages: dict[str, str]) -> list[str]:
    """Errors that the Nu checker finds, all pages in one run."""
    with TemporaryDirectory(prefix="niangjia-html-") as folder:
        names = {}
        for number, (name, html) in enumerate(sorted(pages.items())):
            path = Path(folder) / f"{number}.html"
            path.write_text(html, encoding="utf-8")
            names[f"file:{path}"] = name
        command = ["java", "-jar", str(NU), "--format", "json", "--errors-only", folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        messages = json.loads(done.stderr)["messages"]
        return [
            f"{names.get(one.get('url', ''), '?')}: {one['message']} {one.get('extract', '')[:90]}"
            for one in messages
        ]
