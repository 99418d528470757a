"""An administrator looks after webhooks: pauses, resumes, sends again, sees what was said."""

from tests.frontend import answers
from tests.frontend.stand_in import StandIn
from tests.html import page
from tests.people import SUN

HOOK = f"/webhooks/membership/{answers.HOOK}"
API = f"/membership/v1/webhooks/{answers.HOOK}"


async def test_administrator_pauses_what_they_looked_at(browser_of, gateway: StandIn):
    response = await browser_of(SUN).send(HOOK, f"{HOOK}/pause", {})

    asked = gateway.last("PUT", f"{API}/state")
    assert (response.status_code, response.headers["location"]) == (303, HOOK)
    assert (asked.body, asked.headers["If-Match"]) == ({"state": "paused"}, '"3"')


async def test_days_are_sent_again_from_their_beginning_to_their_end(browser_of, gateway: StandIn):
    days = {"from": "2026-11-01", "to": "2026-11-02"}

    response = await browser_of(SUN).send(HOOK, f"{HOOK}/replays", days)

    assert response.status_code == 303
    assert gateway.last("POST", f"{API}/replays").body == {
        "from": "2026-11-01T00:00:00+08:00",
        "to": "2026-11-03T00:00:00+08:00",
    }


async def test_a_refused_stretch_is_told_beside_the_field(browser_of, gateway: StandIn):
    wrong = {"pointer": "/from", "code": "too-old", "message": "只能重发最近 30 天内的事件。"}
    gateway.refuse("POST", f"{API}/replays", 422, "请修改。", code="unprocessable", errors=[wrong])

    days = {"from": "2020-11-01", "to": "2020-11-02"}
    response = await browser_of(SUN).send(HOOK, f"{HOOK}/replays", days)

    assert response.status_code == 422
    assert "只能重发最近 30 天内的事件。" in page(response.text).text


async def test_request_and_answer_are_shown_and_sent_again(browser_of, gateway: StandIn):
    path = f"{HOOK}/deliveries/{answers.DELIVERY}"
    shown = await browser_of(SUN).open(path)

    response = await browser_of(SUN).send(path, f"{path}/resendings", {})

    assert "try later" in shown.text
    assert "答复 503" in shown.text
    assert (response.status_code, response.headers["location"]) == (303, path)
    gateway.last("POST", f"{API}/deliveries/{answers.DELIVERY}/resendings")
