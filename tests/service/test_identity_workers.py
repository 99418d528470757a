"""Workers log in with a code on their phone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.refusals import Unavailable
from services.identity.peers.local_codes import LocalCodes
from tests.clusters import TestDatabase
from tests.service.identity_rig import PHONE, Rig, identity_rig


@pytest.fixture
async def identity(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


async def ask(identity, phone=PHONE, **headers):
    return await identity.client.post(
        "/phone-codes", json={"phone": phone}, headers=identity.as_() | headers
    )


async def log_in(identity, code, phone=PHONE):
    body = {"phone": phone, "code": code}
    return await identity.client.post("/worker-sessions", json=body, headers=identity.as_())


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_log_in_worker_with_the_code_from_the_phone(identity):
    code = await identity.phone_code()

    response = await log_in(identity, code)

    body = response.json()
    assert response.status_code == 201
    assert set(body) == {"session", "access_token", "expires_in", "refresh_token", "person"}
    assert body["person"] == {"masked_phone": "138****4567"}
    actor = identity.whose(body["access_token"])
    assert (actor.kind, actor.roles, actor.auth) == (Kind.WORKER, {Role.WORKER}, "phone-code")
    assert actor.name == ""


async def test_one_phone_is_one_worker(identity):
    first = identity.whose((await identity.worker())["access_token"])
    identity.clock.turn(minutes=2)
    second = identity.whose((await identity.worker("+86 138-5123-4567"))["access_token"])
    identity.clock.turn(minutes=2)
    other = identity.whose((await identity.worker("13951234567"))["access_token"])

    assert first.id == second.id != other.id
    assert first.session != second.session


async def test_two_phones_at_once_and_one_phone_twice_make_two_workers(identity):
    code = await identity.phone_code()

    answers = await asyncio.gather(*(log_in(identity, code) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]
    assert identity.rows("select count(*) from identity.workers") == [(1,)]


async def test_send_phone_code_answers_the_same_whoever_holds_the_phone(identity):
    await identity.worker()
    identity.clock.turn(minutes=2)

    known, unknown = await ask(identity), await ask(identity, "13951234567")

    assert (known.status_code, unknown.status_code) == (202, 202)
    assert known.json() == unknown.json() == {"resend_after": 60, "expires_in": 300}


@pytest.mark.parametrize(
    "phone", ["", "12345", "1385123456", "abc", "\x00", "２", "13851234567" * 9]
)
async def test_send_phone_code_to_what_is_no_phone_is_refused(identity, phone):
    response = await ask(identity, phone)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/phone"


async def test_log_in_worker_refuses_every_fault_with_one_answer(identity):
    code = await identity.phone_code()

    answers = [
        await log_in(identity, wrong(code)),
        await log_in(identity, code, "13951234567"),
    ]
    assert (await log_in(identity, code)).status_code == 201
    answers.append(await log_in(identity, code))
    identity.clock.turn(minutes=2)
    late = await identity.phone_code()
    identity.clock.turn(minutes=5)
    answers.append(await log_in(identity, late))

    bodies = [answer.json() | {"request_id": ""} for answer in answers]
    assert all(answer.status_code == 401 for answer in answers)
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["type"] == "/problems/code-refused"


async def test_log_in_worker_has_five_tries(identity):
    code = await identity.phone_code()
    for _ in range(5):
        assert (await log_in(identity, wrong(code))).status_code == 401

    assert (await log_in(identity, code)).status_code == 401
    assert identity.rows("select tries from identity.phone_codes") == [(5,)]


async def test_log_in_worker_counts_tries_made_at_the_same_moment(identity):
    code = await identity.phone_code()

    await asyncio.gather(*(log_in(identity, wrong(code)) for _ in range(12)))

    assert (await log_in(identity, code)).status_code == 401


async def test_only_the_code_sent_last_is_good(identity):
    first = await identity.phone_code()
    identity.clock.turn(minutes=1)
    second = await identity.phone_code()

    before = await log_in(identity, first) if first != second else None
    after = await log_in(identity, second)

    assert before is None or before.status_code == 401
    assert after.status_code == 201


async def test_send_phone_code_pauses_between_two(identity):
    await ask(identity)

    again = await ask(identity)

    assert again.status_code == 429
    assert 0 < int(again.headers["retry-after"]) <= 61


async def test_send_phone_code_twice_at_the_same_moment_sends_one(identity):
    answers = await asyncio.gather(*(ask(identity) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [202, 429, 429, 429]
    assert len(identity.app.state.code_sender.shown()) == 1


async def test_send_phone_code_stops_after_ten_a_day(identity):
    for _ in range(10):
        assert (await ask(identity)).status_code == 202
        identity.clock.turn(minutes=2)

    eleventh = await ask(identity)
    identity.clock.turn(days=1)

    assert eleventh.status_code == 429
    assert (await ask(identity)).status_code == 202


async def test_send_phone_code_slows_an_address_that_asks_for_hundreds(
    database, keys_dir, tmp_path
):
    async with identity_rig(database, keys_dir, tmp_path, codes_per_address_an_hour=3) as identity:
        answers = [await ask(identity, f"1385123456{number}") for number in range(4)]
        elsewhere = await ask(identity, "13851234569", **{"X-Forwarded-For": "198.51.100.7"})

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert elsewhere.status_code == 202


async def test_a_code_that_could_not_be_sent_does_not_count(identity):
    class Broken:
        async def send(self, phone, code):
            raise Unavailable("短信暂时无法发送，请稍后再试。")

    working, identity.app.state.code_sender = identity.app.state.code_sender, Broken()
    assert (await ask(identity)).status_code == 202
    identity.app.state.code_sender = working

    again = await ask(identity)

    assert again.status_code == 202
    assert len(identity.audited("phone-code.undelivered")) == 1


async def test_a_day_later_nothing_is_left_of_a_code(identity):
    await ask(identity)
    identity.clock.turn(days=1)

    await identity.sweep()

    assert identity.rows("select count(*) from identity.phone_codes") == [(0,)]


async def test_codes_and_phones_stand_neither_in_logs_nor_in_the_database(identity, capfd):
    code = await identity.phone_code()
    await log_in(identity, wrong(code))
    await log_in(identity, code)
    tables = "select tablename from pg_tables where schemaname = 'identity'"

    logged = "".join(capfd.readouterr())
    everything = ""
    for (table,) in identity.rows(tables):
        everything += str(identity.rows(f'select * from identity."{table}"'))

    assert PHONE not in logged + everything
    assert f"'{code}'" not in everything
    assert f'"{code}"' not in logged


async def test_me_of_a_worker_shows_the_phone_masked(identity):
    actor = identity.whose((await identity.worker())["access_token"])

    body = (await identity.client.get("/me", headers=identity.as_(actor))).json()

    assert (body["kind"], body["masked_phone"]) == ("worker", "138****4567")
    assert PHONE not in str(body)


async def test_disclose_phone_to_membership_only(identity):
    actor = identity.whose((await identity.worker())["access_token"])
    on_behalf = Actor(
        actor.kind, actor.id, roles=actor.roles, client="membership", session=actor.session
    )

    from_browser = await identity.client.get("/me/phone", headers=identity.as_(actor))
    from_membership = await identity.client.get("/me/phone", headers=identity.as_(on_behalf))

    assert from_browser.status_code == 403
    assert from_membership.json() == {"phone": PHONE}
    assert identity.audited("worker.phone-disclosed") == [("done", "", actor.id)]


async def test_the_local_page_shows_codes_on_loopback_only(identity):
    code = await identity.phone_code()

    async def look(path="/local/codes", host="127.0.0.1:8002", client="127.0.0.1", **headers):
        transport = httpx.ASGITransport(identity.app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as browser:
            return await browser.get(path, headers=headers)

    page, data = await look(), await look("/local/codes.json")

    assert page.status_code == 200
    assert code in page.text
    assert "本机验证码" in page.text
    assert data.json()["phone_codes"][0]["code"] == code
    assert (await look(host="evil.example")).status_code == 404
    assert (await look(client="203.0.113.9")).status_code == 404
    assert (await look(**{"X-Forwarded-For": "203.0.113.9"})).status_code == 404


async def test_production_without_text_messages_has_no_local_page_and_is_not_ready(
    database, keys_dir, tmp_path
):
    async with identity_rig(database, keys_dir, tmp_path, mode="production") as identity:
        asked = await ask(identity)
        transport = httpx.ASGITransport(identity.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            page = await browser.get("/local/codes")
            ready = await browser.get("/readyz")

    assert page.status_code == 404
    assert ready.status_code == 503
    assert [found for found in ready.json()["checks"] if not found["ok"]] == [
        {
            "check": "text-messages",
            "ok": False,
            "detail": "没有设置短信网关（IDENTITY_SMS_URL），职工收不到验证码。",
        }
    ]
    assert asked.status_code == 202


def test_local_codes_refuse_any_other_mode():
    with pytest.raises(ValueError, match="local"):
        LocalCodes(lambda: None, "production")
