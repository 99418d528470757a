"""One address, two answers: the page for a browser, a fragment for htmx inside it."""

import pytest

from tests.frontend import recorded_membership as recorded
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import LI, WANG


async def test_htmx_gets_the_fragment_that_the_page_includes(browser_of):
    browser = browser_of(WANG)

    whole = page((await browser.get("/applications")).text)
    response = await browser.get("/applications", HX_Request="true")

    part = page(response.text)
    assert part.all("html") == []
    assert part.one("div", id="queue").text == whole.one("div", id="queue").text


@pytest.mark.parametrize("header", ["HX_Boosted", "HX_History_Restore_Request"])
async def test_htmx_restoring_or_boosting_gets_the_whole_page(browser_of, header: str):
    response = await browser_of(WANG).get("/applications", HX_Request="true", **{header: "true"})

    assert page(response.text).one("html")
    assert "HX-Request" in response.headers["vary"]


async def test_refusal_inside_a_page_goes_to_the_alert_not_into_a_table_cell(
    browser_of, gateway: StandIn
):
    gateway.refuse(
        "GET", "/membership/v1/applications", 429, "请求太频繁。", code="too-many-requests"
    )

    response = await browser_of(WANG).get("/applications", HX_Request="true")

    assert response.status_code == 429
    assert response.headers["hx-retarget"] == "#alert"
    assert response.headers["retry-after"] == "20"
    assert "请在 20 秒以后再试" in response.text


async def test_mending_a_cell_answers_the_row_judged_anew(browser_of, gateway: StandIn):
    browser = browser_of(LI)
    sheet = await browser.open(f"/imports/{recorded.IMPORT}")
    action = f"/imports/{recorded.IMPORT}/rows/17"
    form = sheet.one("form", action=action)

    response = await browser.post(
        action, form.fields() | {"value": "32058219960305123X"}, HX_Request="true"
    )

    asked = gateway.last("PATCH", f"/membership/v1{action}")
    assert asked.body == {"document": "32058219960305123X"}
    assert asked.headers["If-Match"] == '"1"'
    row = page(response.text).one("tr", id="row-17")
    assert "可导入" in row.text
    assert row.all("input", name="value") == []
    assert page(response.text).one("div", id="decide")["data-hx-swap-oob"] == "true"
    assert page(response.text).one("div", id="totals")["data-hx-swap-oob"] == "true"


async def test_progress_that_has_ended_opens_the_page_anew(browser_of):
    response = await browser_of(LI).get(f"/imports/{recorded.IMPORT}/state", HX_Request="true")

    assert recorded.IMPORT in response.headers["hx-location"]


async def test_events_of_long_work_are_passed_on_as_they_come(browser_of, gateway):
    path = f"/membership/v1/imports/{recorded.IMPORT}/progress"
    gateway.answer("GET", path, b'event: progress\ndata: {"state": "checking"}\n\n')

    response = await browser_of(LI).get(f"/imports/{recorded.IMPORT}/progress")

    assert response.text == 'event: progress\ndata: {"state": "checking"}\n\n'
    assert response.headers["cache-control"] == "no-store"


async def test_progress_asks_at_each_event_and_now_and_then_without(browser_of, gateway):
    gateway.answer("GET", f"/membership/v1/imports/{recorded.RUNNING}", recorded.batch("checking"))

    response = await browser_of(LI).get(f"/imports/{recorded.RUNNING}")

    section = page(response.text).one("section", id="progress")
    assert section["data-hx-trigger"] == "told, every 5s"
    assert section["data-events"] == f"/imports/{recorded.RUNNING}/progress"
