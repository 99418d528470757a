"""What holds for every page: it opens, is described, carries its headers, and escapes."""

import re

import pytest

from services.chassis.kernel.actors import ANONYMOUS, Actor
from tests.frontend import answers
from tests.frontend import recorded_membership as recorded
from tests.frontend.stand_in import StandIn
from tests.html import Element, page
from tests.people import CHEN, LI, QIAN, SUN, TOWN, WANG, ZHOU

PAGES: list[tuple[Actor, str]] = [
    (LI, "/desk"),
    (WANG, "/desk"),
    (SUN, "/desk"),
    (WANG, "/applications"),
    (WANG, "/applications?state=returned"),
    (WANG, f"/applications/{recorded.APPLICATION}"),
    (LI, "/applications/new"),
    (LI, "/members"),
    (LI, f"/members/{recorded.MEMBER}"),
    (LI, "/applications/new?union_text=tq"),
    (LI, "/choices/unions?union_text=tq"),
    (LI, "/imports"),
    (LI, "/imports/new"),
    (LI, f"/imports/{recorded.IMPORT}"),
    (LI, f"/imports/{recorded.RUNNING}"),
    (WANG, "/unions"),
    (LI, f"/unions/{TOWN}"),
    (LI, f"/unions/{TOWN}/edit"),
    (WANG, f"/unions/{TOWN}/new"),
    (LI, f"/unions/{TOWN}/poster"),
    (QIAN, "/audit"),
    (QIAN, "/audit?service=identity&since=2026-11-01"),
    (QIAN, "/audit/verification"),
    (SUN, "/webhooks"),
    (SUN, f"/webhooks/membership/{answers.HOOK}"),
    (SUN, f"/webhooks/membership/{answers.HOOK}/deliveries/{answers.DELIVERY}"),
    (SUN, "/accounts"),
    (SUN, "/accounts/new"),
    (SUN, f"/accounts/{answers.ACCOUNT}"),
    (ZHOU, f"/accounts/{answers.ACCOUNT}"),
    (SUN, "/clients"),
    (SUN, "/clients/new"),
    (SUN, f"/clients/{answers.CLIENT}"),
    (ZHOU, f"/clients/{answers.CLIENT}"),
    (SUN, f"/clients/{answers.CLIENT}/keys"),
    (LI, "/search"),
    (LI, "/session/union"),
    (LI, "/session/devices"),
    (LI, "/session/provider"),
    (ANONYMOUS, "/login"),
    (ANONYMOUS, "/activation"),
    (ANONYMOUS, "/password"),
    (ANONYMOUS, "/"),
    (ANONYMOUS, "/find?q=tqz"),
    (ANONYMOUS, "/join"),
    (ANONYMOUS, "/join/7KQ2MX"),
    (ANONYMOUS, "/join/phone"),
    (ANONYMOUS, "/my/login"),
    (ANONYMOUS, "/verify"),
    (ANONYMOUS, "/privacy"),
    (CHEN, "/join/work"),
    (CHEN, "/join/relation"),
    (CHEN, "/join/employer"),
    (CHEN, "/join/where"),
    (CHEN, "/my"),
    (CHEN, f"/my/applications/{recorded.APPLICATION}"),
    (CHEN, "/my/card"),
    (CHEN, "/my/data"),
]
PATHS = [f"{actor.name}{path}" for actor, path in PAGES]
CANARY = "\"><svg onload=alert(1)>'{{7*7}}"


@pytest.mark.parametrize(("actor", "path"), PAGES, ids=PATHS)
async def test_page_is_described_labelled_and_guarded(browser_of, actor: Actor, path: str):
    response = await browser_of(actor).get(path)

    assert response.status_code == 200
    shown = page(response.text)
    assert shown.one("head").one("title").text.endswith("· 娘家")
    assert len(shown.all("h1")) == 1
    assert shown.one("html")["lang"] == "zh-CN"
    assert _unlabelled(shown) == []
    assert _twice(shown) == []
    assert response.headers["cache-control"] == "no-store"
    assert "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(("actor", "path"), PAGES, ids=PATHS)
async def test_page_has_nothing_inline_and_nothing_from_outside(browser_of, actor, path):
    html = (await browser_of(actor).get(path)).text

    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert not re.search(r"\shx-", html)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)


@pytest.mark.parametrize(("actor", "path"), PAGES, ids=PATHS)
async def test_every_form_carries_its_token(browser_of, actor, path):
    shown = page((await browser_of(actor).get(path)).text)

    for form in shown.all("form"):
        assert form["action"].startswith("/")
        assert form["method"] in {"get", "post"}
        if form["method"] == "post":
            assert len(form.hidden("_csrf")) == 128


@pytest.mark.parametrize(("actor", "path"), PAGES, ids=PATHS)
async def test_what_people_typed_is_text_and_nothing_else(
    browser_of, gateway: StandIn, actor: Actor, path: str
):
    for (method, known), answer in answers.ALL.items():
        gateway.answer(method, known, _poisoned(answer))

    html = (await browser_of(actor).get(path)).text

    assert "<svg onload" not in html
    assert "alert(1)" not in html or "&lt;svg onload=alert(1)&gt;" in html
    assert "49" not in re.findall(r"'(\d+)", html)


_STRUCTURAL = re.compile(
    r"(id|_at|_on|at|state|path|code|kind|actions|roles|role|field|severity|due_on|birth|url"
    r"|secret|otpauth_uri|next|action|subject|before|after|outcome|version)$"
)


def _poisoned(value, name: str = ""):
    """Every free text of an answer replaced by the canary."""
    if isinstance(value, dict):
        return {key: _poisoned(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_poisoned(one, name) for one in value]
    if isinstance(value, str) and value and not _STRUCTURAL.search(name):
        return CANARY
    return value


def _unlabelled(shown: Element) -> list[str]:
    labels = {label.get("for") for label in shown.all("label")}
    boxes = [*shown.all("input"), *shown.all("select"), *shown.all("textarea")]
    return [
        box.get("name")
        for box in boxes
        if box.get("type") != "hidden"
        and box.get("id", "-") not in labels
        and not box.get("aria-label")
        and not (box.parent and box.parent.tag == "label")
    ]


def _twice(shown: Element) -> list[str]:
    found: dict[str, int] = {}
    for tag in ("input", "div", "tr", "td", "p", "span", "section", "form", "label", "main", "h2"):
        for element in shown.all(tag):
            if name := element.get("id"):
                found[name] = found.get(name, 0) + 1
    return [name for name, count in found.items() if count > 1]
