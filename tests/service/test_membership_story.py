"""The thinnest path: a courier applies, a reviewer admits, the card opens and is verified."""

import pytest

from tests.people import CHEN, WANG
from tests.service.membership_rig import POSTER, Rig, running


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        yield made


async def test_a_courier_scans_a_poster_joins_and_shows_the_card(rig: Rig):
    union = await rig.get(CHEN, f"/posters/{POSTER}")
    assert union.json()["union"]["name"] == "唐桥镇总工会"
    form = rig.form(1, poster=POSTER)
    del form["union_id"]
    draft = await rig.post(CHEN, "/applications", form)
    assert draft.status_code == 201, draft.text
    url = f"/applications/{draft.json()['id']}"

    handed_in = await rig.put(CHEN, f"{url}/submission", etag=draft.headers["etag"])
    assert handed_in.status_code == 200, handed_in.text
    assert handed_in.json()["clocks"][0]["due_on"] == "2026-03-16"
    decided = await rig.decide(handed_in.json(), actor=WANG)
    assert decided.status_code == 200, decided.text
    assert decided.json()["state"] == "admitted"

    card = await rig.get(CHEN, "/members/mine/card")
    assert card.status_code == 200, card.text
    assert card.json()["number"] == "3205990010012026000001"
    checked = await rig.client.post(
        "/card-verifications", json={"token": card.json()["token"]}, headers=rig.as_()
    )
    assert checked.json() == {
        "valid": True,
        "reason": "",
        "name": "陈**",
        "union": "唐桥镇总工会",
        "state": {"code": "active", "label": "在会"},
        "checked_at": "2026-03-02T09:00:00+08:00",
    }
