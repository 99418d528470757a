"""Consents and the desk through the API."""

from uuid import UUID

import pytest

from services.chassis.kernel.actors import ANONYMOUS
from services.chassis.kernel.ids import new_id
from tests.people import CHEN, COUNTY, DING, LI, QIAN, SUN, WANG, ZHAO
from tests.service.membership_rig import Rig, running

NEW = {
    "purpose": "service_notices",
    "version": "2026-04",
    "title": "接收工会服务通知",
    "body": "工会可以用您的手机号码通知您参加活动，可以随时取消。",
    "items": ["手机号码"],
    "is_required": False,
    "is_sensitive": False,
    "valid_from": "2026-04-01",
}


@pytest.fixture
async def rig(database, keys_dir):
    async with running(database, keys_dir) as made:
        yield made


async def test_consent_texts_are_public_and_say_what_they_are_for(rig: Rig):
    texts = (await rig.get(ANONYMOUS, "/consent-texts")).json()["items"]

    assert {text["purpose"] for text in texts if text["is_required"]} == {
        "membership",
        "sensitive_identity",
    }
    assert all(text["items"] and text["body"] for text in texts)


async def test_publish_text_follows_and_never_changes_an_older_one(rig: Rig):
    made = await rig.post(SUN, "/consent-texts", NEW)
    twice = await rig.post(SUN, "/consent-texts", NEW)
    late = await rig.post(SUN, "/consent-texts", NEW | {"version": "x", "valid_from": "2026-03-01"})
    today = (await rig.get(ANONYMOUS, "/consent-texts")).json()["items"]
    rig.clock.turn(days=30)
    in_april = (await rig.get(ANONYMOUS, "/consent-texts")).json()["items"]

    assert made.status_code == 201, made.text
    assert (twice.status_code, late.status_code) == (409, 422)
    assert [t["version"] for t in today if t["purpose"] == "service_notices"] == ["2026-01"]
    assert [t["version"] for t in in_april if t["purpose"] == "service_notices"] == ["2026-04"]


async def test_publish_text_is_for_the_topmost_administrator(rig: Rig):
    for actor, status in ((ANONYMOUS, 401), (LI, 403), (WANG, 403), (CHEN, 403)):
        assert (await rig.post(actor, "/consent-texts", NEW)).status_code == status


async def test_consents_are_given_one_by_one_and_withdrawn_as_easily(rig: Rig):
    done = await rig.admitted(CHEN)
    texts = (await rig.get(ANONYMOUS, "/consent-texts")).json()["items"]
    notices = next(text for text in texts if text["purpose"] == "service_notices")
    body = {
        "person_id": done["person_id"],
        "consents": [{"text_id": notices["id"], "version": notices["version"]}],
    }

    given = await rig.post(CHEN, "/consents", body)
    stranger = await rig.post(DING, "/consents", body)
    consent = next(c for c in given.json()["items"] if c["purpose"] == "service_notices")
    url = f"/consents/{consent['id']}/withdrawal"
    hidden = await rig.put(ZHAO, url)
    gone = await rig.put(CHEN, url)
    twice = await rig.put(CHEN, url)

    assert given.status_code == 201, given.text
    assert stranger.status_code == 404
    assert (hidden.status_code, gone.status_code, twice.status_code) == (404, 200, 409)
    mine = (await rig.get(CHEN, "/consents")).json()["items"]
    assert len(mine) == 3
    assert [c["withdrawn_at"] is not None for c in mine if c["purpose"] == "service_notices"] == [
        True
    ]
    assert (await rig.get(ZHAO, "/consents")).json()["items"] == []
    assert rig.audited("consent.withdrawn")[0][1:3] == ("given", "withdrawn")


async def consents_of(rig: Rig, actor, application) -> dict[str, dict]:
    shown = (await rig.get(actor, f"/applications/{application['id']}")).json()
    return {consent["purpose"]: consent for consent in shown["consents"]}


async def test_withdrawing_a_required_consent_stops_the_application_made_on_it(rig: Rig):
    made = await rig.submitted(CHEN)
    given = await consents_of(rig, CHEN, made)

    done = await rig.put(CHEN, f"/consents/{given['membership']['id']}/withdrawal")

    assert done.status_code == 200, done.text
    stopped = (await rig.get(CHEN, f"/applications/{made['id']}")).json()
    assert (stopped["state"], stopped["history"][-1]["action"]) == ("withdrawn", "withdraw")
    assert "撤回了办理入会必须的同意" in stopped["reason"]
    assert all(one["withdrawn_at"] for one in stopped["consents"])
    assert len(rig.audited("consent.withdrawn")) == 2
    assert rig.audited("application.withdraw")[0][1:3] == ("submitted", "withdrawn")
    assert rig.rows("select 1 from membership.deadlines where kind = 'review'") == []


async def test_a_clerk_ends_even_a_draft_when_its_consent_is_withdrawn(rig: Rig):
    made = await rig.draft(CHEN)
    given = await consents_of(rig, CHEN, made)
    url = f"/consents/{given['sensitive_identity']['id']}/withdrawal"

    assert (await rig.put(ZHAO, url)).status_code == 404
    assert (await rig.put(WANG, url)).status_code == 403
    assert (await rig.get(CHEN, f"/applications/{made['id']}")).json()["state"] == "draft"
    assert (await rig.put(LI, url)).status_code == 200
    assert (await rig.get(CHEN, f"/applications/{made['id']}")).json()["state"] == "withdrawn"


async def test_a_decided_application_stays_when_its_consent_is_withdrawn(rig: Rig):
    made = await rig.admitted(CHEN)
    given = await consents_of(rig, CHEN, made)

    done = await rig.put(CHEN, f"/consents/{given['membership']['id']}/withdrawal")

    assert done.status_code == 200, done.text
    assert (await rig.get(CHEN, f"/applications/{made['id']}")).json()["state"] == "admitted"
    assert len(rig.audited("consent.withdrawn")) == 1


async def test_withdrawing_an_application_ends_the_consents_given_with_it(rig: Rig):
    made = await rig.submitted(LI)

    gone = await rig.put(LI, f"/applications/{made['id']}/withdrawal", {"reason": ""}, etag='"2"')

    assert gone.status_code == 200, gone.text
    assert all(one["withdrawn_at"] for one in gone.json()["consents"])
    assert len(rig.audited("consent.withdrawn")) == 2


async def test_a_consent_to_words_that_have_changed_is_no_consent(rig: Rig):
    done = await rig.admitted(CHEN)
    old = {"text_id": rig.consents[0]["text_id"], "version": "1999-01"}

    answer = await rig.post(CHEN, "/consents", {"person_id": done["person_id"], "consents": [old]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/consents/0"


async def test_the_desk_shows_what_waits_by_clock(rig: Rig):
    await rig.submitted(CHEN, 1)
    second = await rig.submitted(LI, 2)
    await rig.put(WANG, f"/applications/{second['id']}/return", {"reason": "补材料"}, etag='"2"')
    await rig.draft(LI, 3)
    await rig.admitted(LI, 4)

    today = (await rig.get(WANG, "/desk")).json()
    rig.clock.turn(days=12)
    soon = (await rig.get(WANG, "/desk")).json()["waiting"]
    rig.clock.turn(days=2)
    last_day = (await rig.get(WANG, "/desk")).json()["waiting"]
    rig.clock.turn(days=1)
    late = (await rig.get(WANG, "/desk")).json()["waiting"]

    assert today["waiting"] == {
        "to_review": 1,
        "returned": 1,
        "drafts": 1,
        "overdue": 0,
        "due_today": 0,
        "due_in_three_days": 0,
        "escalated": 0,
        "imports_to_finish": 0,
    }
    assert [task["actions"] for task in today["tasks"]] == [["return", "admit", "refuse"]]
    assert today["recent"][0]["label"] == "同意入会"
    assert today["counts"] == {"members": 1, "gig": 1, "joined_this_month": 1}
    assert (soon["due_in_three_days"], last_day["due_today"], late["overdue"]) == (1, 1, 1)


async def test_the_desk_is_for_union_offices(rig: Rig):
    for actor, status in ((ANONYMOUS, 401), (SUN, 403), (CHEN, 403), (QIAN, 200)):
        assert (await rig.get(actor, "/desk")).status_code == status


@pytest.mark.parametrize(
    "path",
    ["/applications/x", f"/applications/{UUID(int=0xDEAD)}", "/members/0", f"/unions/{COUNTY}x"],
)
async def test_made_up_ids_are_refused_politely(rig: Rig, path):
    assert (await rig.get(WANG, path)).status_code in (404, 422)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b'{"person": null}', 422),
        (b'{"union_id": 1}', 422),
        (b'"\\ud800"', 422),
        (b'{"person": {"name": "\\ud800", "document": {"number": "1"}}}', 422),
        (b'{"person": {"name": "a\\u0000b", "document": {"number": "1"}}}', 422),
        (b'{"person": {"name": "%s", "document": {"number": "1"}}}' % (b"x" * 5000), 422),
    ],
)
async def test_hostile_bodies_are_refused_politely(rig: Rig, content, status):
    headers = rig.as_(LI, Idempotency_Key=f"key-{new_id()}", Content_Type="application/json")

    answer = await rig.client.post("/applications", content=content, headers=headers)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
