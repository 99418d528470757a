"""Forms that ask for a union find any below one's own by typing, with a script and without."""

import pytest

from tests.frontend import answers, recorded_membership
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import COUNTY, LI, SUN, ZHOU

FORMS = (
    (LI, "/applications/new"),
    (LI, "/imports/new"),
    (SUN, "/accounts/new"),
    (ZHOU, f"/accounts/{answers.ACCOUNT}"),
)
UNIONS = "/membership/v1/unions"


@pytest.mark.parametrize(("who", "path"), FORMS)
async def test_unions_are_found_by_a_plain_search(browser_of, gateway: StandIn, who, path):
    browser = browser_of(who)
    before = await browser.open(path)
    after = await browser.open(f"{path}?union_text=tqz")

    assert [one["name"] for one in before.all("select") if one["name"] == "union_id"]
    asked = gateway.last("GET", UNIONS).query
    assert (asked["text"], "parent" in asked) == ("tqz", False)
    radios = [one for one in after.all("input") if one.get("name") == "union_id"]
    assert {one["type"] for one in radios} == {"radio"}
    assert len(radios) >= 3
    finder = next(one for one in after.all("form") if one.get("id") == "find-union")
    assert (finder["action"], finder["method"]) == (path, "get")


async def test_the_choices_alone_are_what_a_script_asks_for(browser_of, gateway: StandIn):
    answer = await browser_of(LI).get("/choices/unions?union_text=tq", HX_Request="true")

    assert answer.status_code == 200
    assert page(answer.text).all("h1") == []
    assert 'type="radio"' in answer.text
    assert "<select" in (await browser_of(LI).get("/choices/unions", HX_Request="true")).text


async def test_nothing_found_is_said(browser_of, gateway: StandIn):
    gateway.answer("GET", UNIONS, {"items": [], "next": None})

    shown = await browser_of(ZHOU).open(f"/accounts/{answers.ACCOUNT}?union_text=zzz")

    assert "没有找到“zzz”" in shown.text


async def test_a_union_found_far_below_stays_chosen_in_a_refused_form(browser_of, gateway: StandIn):
    far = recorded_membership.union(9)
    gateway.answer("GET", f"{UNIONS}/{COUNTY}", far | {"id": str(COUNTY), "name": "远处工会"})
    data = {"union_id": str(COUNTY), "name": ""}

    refused = await browser_of(LI).send("/applications/new", "/applications", data)

    assert refused.status_code == 422
    chosen = [one for one in page(refused.text).all("option") if "selected" in one.attributes]
    assert "远处工会" in [one.text for one in chosen]


async def test_a_made_up_union_is_never_asked_for(browser_of, gateway: StandIn):
    data = {"union_id": "../members/mine", "name": ""}

    refused = await browser_of(LI).send("/applications/new", "/applications", data)

    assert refused.status_code == 422
    assert not [one for one in gateway.asked if "mine" in one.path]
