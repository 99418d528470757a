"""How much pages weigh, how files are cached, and what the stylesheet may use."""

import re

import brotli
import pytest

from frontend.assets import STATIC
from tests.frontend.conftest import Browser
from tests.people import WANG

KB = 1000
# Newer than Chrome 109, the last for Windows 7.
TOO_NEW = (
    r"color-mix\(", r"text-wrap", r":user-(in)?valid", r"@starting-style", r"light-dark\(",
    r"\bsubgrid\b", r"@scope", r"&\s*[:.#\[{>]", r"interpolate-size", r"oklch\(", r"\d+(lh|rlh)\b",
    r"relative-color", r"@property", r"\binset-area\b", r"popover",
)  # fmt: skip


async def _assets(browser: Browser, html: str) -> list[str]:
    return sorted(set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html)))


async def test_static_file_is_named_by_content_cached_for_good_and_packed(stranger: Browser):
    html = (await stranger.get("/login")).text
    for url in await _assets(stranger, html):
        response = await stranger.get(url, Accept_Encoding="br")

        assert response.status_code == 200
        assert re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", url)
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-encoding"] == "br"
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/app.000000000000.css", "/static/..%2fapp.py"])
async def test_file_that_is_not_there_is_404(stranger: Browser, path: str):
    assert (await stranger.get(path)).status_code == 404


async def test_first_page_and_following_page_are_light(browser_of):
    browser = browser_of(WANG)
    page = await browser.client.get("/applications", headers={"Accept-Encoding": "identity"})
    weight = len(brotli.compress(page.content, quality=5))
    files = 0
    for url in await _assets(browser, page.text):
        async with browser.client.stream("GET", url, headers={"Accept-Encoding": "br"}) as response:
            files += sum([len(part) async for part in response.aiter_raw()])

    assert weight <= 30 * KB
    assert weight + files <= 130 * KB


async def test_page_travels_packed_in_what_the_browser_takes(browser_of):
    browser = browser_of(WANG)
    chosen = {
        asked: (await browser.get("/desk", Accept_Encoding=asked)).headers.get("content-encoding")
        for asked in ("br, gzip", "gzip", "br;q=0, gzip", "identity")
    }

    assert chosen == {"br, gzip": "br", "gzip": "gzip", "br;q=0, gzip": "gzip", "identity": None}


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("styles/*.css")), ids=lambda path: path.name)
def test_stylesheet_uses_only_what_old_office_browsers_know(sheet):
    text = sheet.read_text()

    assert [pattern for pattern in TOO_NEW if re.search(pattern, text)] == []
    assert "url(" not in text
    assert "@import" not in text


def test_each_icon_that_is_used_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    templates = (STATIC.parent / "templates").rglob("*.html")
    used = {n for path in templates for n in re.findall(r'icon\("([\w-]+)"\)', path.read_text())}

    assert used <= drawn
