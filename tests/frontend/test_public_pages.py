"""The front door: find a union, start from a poster, check a card, larger type."""

import re

import brotli
import pytest

from tests.frontend import recorded_public as recorded
from tests.frontend.conftest import Browser
from tests.frontend.stand_in import StandIn
from tests.html import page

KB = 1000


async def test_front_door_leads_to_everything(stranger: Browser):
    shown = await stranger.open("/")

    links = [link["href"] for link in shown.one("nav").all("a")]
    assert links == ["/join", "/my", "/my/card", "/verify"]
    assert shown.one("form", action="/find").one("input", name="q")


async def test_first_page_and_following_page_are_light(stranger: Browser):
    html = (await stranger.get("/", Accept_Encoding="identity")).text
    weight = len(brotli.compress(html.encode(), quality=5))
    files = 0
    for url in sorted(set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))):
        async with stranger.client.stream(
            "GET", url, headers={"Accept-Encoding": "br"}
        ) as response:
            files += sum([len(part) async for part in response.aiter_raw()])

    assert weight <= 10 * KB
    assert weight + files <= 130 * KB


async def test_find_shows_matches_and_who_catches_the_rest(stranger: Browser, gateway: StandIn):
    shown = await stranger.open("/find?q=顺达")

    assert gateway.last("POST", "/membership/v1/unions/searches").body["text"] == "顺达"
    names = [heading.text for heading in shown.all("h3")]
    assert names == ["顺达速递有限公司工会", "唐桥镇总工会"]
    assert "单位没有工会？这里可以加入" in shown.text
    assert [a["href"] for a in shown.all("a") if a["href"].startswith("/join?")] == [
        f"/join?union={recorded.SHUNDA['id']}",
        f"/join?union={recorded.TANGQIAO['id']}",
    ]


async def test_find_answers_htmx_with_the_list_alone(stranger: Browser):
    response = await stranger.get("/find?q=tqz", HX_Request="true")

    assert response.text.lstrip().startswith('<div id="found"')
    assert "HX-Request" in response.headers["vary"]


async def test_poster_leads_to_joining_its_union(stranger: Browser):
    shown = await stranger.open(f"/join/{recorded.POSTER}")

    assert shown.one("h1").text == "加入唐桥镇总工会"
    form = shown.one("form", action="/join")
    assert form.hidden("poster") == recorded.POSTER
    assert form.hidden("union_id") == recorded.TANGQIAO["id"]


async def test_short_address_leads_to_the_poster(stranger: Browser):
    response = await stranger.get(f"/p/{recorded.POSTER}")

    assert response.headers["location"] == f"/join/{recorded.POSTER}"


@pytest.mark.parametrize("code", ["NOPE99", "x.y", "唐桥"])
async def test_torn_poster_offers_to_find_the_union(stranger: Browser, code: str):
    response = await stranger.get(f"/join/{code}")

    assert response.headers["location"] == "/find"


@pytest.mark.parametrize("union", ["x", "../members/mine", "..%2f..%2fidentity%2fv1%2fme"])
async def test_union_in_an_address_is_an_id_and_no_path(
    stranger: Browser, gateway: StandIn, union: str
):
    response = await stranger.get(f"/join?union={union}")

    assert response.status_code == 404
    assert gateway.asked == []


async def test_card_is_checked_by_what_stands_behind_the_hash(stranger: Browser, gateway: StandIn):
    address = f"https://testserver/verify#{recorded.TOKEN}"
    response = await stranger.send("/verify", "/verify", {"token": address})

    shown = page(response.text)
    assert gateway.last("POST", "/membership/v1/card-verifications").body == {
        "token": recorded.TOKEN
    }
    verdict = shown.one("section", class_="verdict")
    assert "有效" in verdict.text
    assert "陈**" in verdict.text
    assert recorded.TOKEN not in response.text


async def test_empty_card_check_says_so_beside_the_field(stranger: Browser):
    response = await stranger.send("/verify", "/verify", {"token": " "})

    shown = page(response.text)
    assert response.status_code == 422
    assert shown.one("textarea")["aria-invalid"] == "true"
    assert "请粘贴扫码得到的网址或编码。" in shown.one("p", id="f-token-error").text


async def test_notice_can_be_read_while_services_are_down(stranger: Browser, gateway: StandIn):
    gateway.refuse("GET", "/membership/v1/consent-texts", 503, "请稍后再试。", code="unavailable")

    shown = await stranger.open("/privacy")

    assert "您可以" in shown.text


async def test_larger_type_is_a_choice_that_stays(stranger: Browser):
    response = await stranger.send("/privacy", "/preferences", {"elder": "1"})

    assert response.headers["location"] == "/privacy"
    assert (await stranger.open("/privacy")).one("html")["class"] == "elder"
