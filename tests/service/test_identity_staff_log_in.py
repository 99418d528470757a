"""Somebody of the staff logs in: the right way, the wrong ways, and too often."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.chassis.kernel.actors import Kind, Role
from tests.clusters import TestDatabase
from tests.people import CHEN, LI, SUN, TOWN, TOWN_PATH
from tests.service.identity_rig import PASSWORD, Rig, identity_rig


@pytest.fixture
async def identity(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


async def test_log_in_staff_gives_a_session_and_a_token_with_todays_roles(identity):
    li = await identity.staff("li.jingban", Role.CLERK)

    response = await identity.log_in(li)

    body = response.json()
    assert response.status_code == 201
    assert set(body) == {"session", "access_token", "expires_in", "refresh_token", "staff"}
    assert body["staff"] == {"id": str(li.id), "name": "李经办"}
    assert body["expires_in"] == 600
    actor = identity.whose(body["access_token"])
    assert (actor.kind, actor.id, actor.roles) == (Kind.STAFF, li.id, {Role.CLERK})
    assert (actor.union_id, actor.union_path) == (TOWN, TOWN_PATH)
    assert ("done", "", li.id) in identity.audited("staff.log-in")


async def test_log_in_staff_is_the_same_however_the_account_was_typed(identity):
    li = await identity.staff()

    response = await identity.log_in(li, account=" Li.JingBan ")

    assert response.status_code == 201


async def test_log_in_staff_refuses_every_fault_with_one_answer(identity):
    li = await identity.staff()
    suspended = await identity.staff("zhang.tingyong")
    etag = {"If-Match": "2"}
    url = f"/accounts/{suspended.id}/suspension"
    done = await identity.client.put(url, json={"reason": "离岗"}, headers=identity.as_(SUN) | etag)
    assert done.status_code == 204

    answers = [
        await identity.log_in(li, password="wrong-" + PASSWORD),
        await identity.log_in(li, code="000000"),
        await identity.log_in(li, account="nobody.here"),
        await identity.log_in(li, account="no such name!"),
        await identity.log_in(suspended),
    ]

    bodies = [answer.json() | {"request_id": ""} for answer in answers]
    assert {answer.status_code for answer in answers} == {401}
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["type"] == "/problems/log-in-refused"


async def test_log_in_staff_takes_a_code_once(identity):
    li = await identity.staff()
    first = await identity.log_in(li)

    second = await identity.log_in(li)

    assert (first.status_code, second.status_code) == (201, 401)


async def test_log_in_staff_takes_a_code_once_even_at_the_same_moment(identity):
    li = await identity.staff()

    answers = await asyncio.gather(*(identity.log_in(li) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]


@pytest.mark.parametrize(("seconds", "status"), [(-30, 201), (30, 201), (-90, 401), (60, 401)])
async def test_log_in_staff_tolerates_one_step_of_a_clock_that_is_off(identity, seconds, status):
    li = await identity.staff()
    identity.clock.turn(minutes=5)

    response = await identity.log_in(li, code=identity.code(li, seconds=seconds))

    assert response.status_code == status


async def test_log_in_staff_is_locked_after_five_failures_and_opens_by_itself(identity):
    li = await identity.staff()
    for _ in range(5):
        assert (await identity.log_in(li, password="wrong")).status_code == 401

    locked = await identity.log_in(li)
    identity.clock.turn(minutes=15)
    open_again = await identity.log_in(li)

    assert (locked.status_code, open_again.status_code) == (401, 201)
    assert locked.json()["type"] == "/problems/log-in-refused"
    assert len(identity.audited("account.locked")) == 1


async def test_log_in_staff_failures_at_the_same_moment_are_all_counted(identity):
    li = await identity.staff()

    await asyncio.gather(*(identity.log_in(li, password="wrong") for _ in range(8)))

    assert (await identity.log_in(li)).status_code == 401
    assert len(identity.audited("account.locked")) == 1


async def test_log_in_staff_locks_longer_each_time(identity):
    li = await identity.staff()
    for pause in (15, 30):
        for _ in range(5):
            await identity.log_in(li, password="wrong")
        identity.clock.turn(minutes=pause - 1)
        assert (await identity.log_in(li)).status_code == 401
        identity.clock.turn(minutes=1)

    assert (await identity.log_in(li)).status_code == 201


async def test_log_in_staff_of_a_name_that_is_nobodys_locks_just_the_same(identity):
    li = await identity.staff()
    for _ in range(6):
        await identity.log_in(li, account="nobody.here")

    (row,) = identity.rows("select locks, locked_until is not null from identity.attempts")

    assert row == (1, True)


async def test_ten_clerks_of_one_office_log_in_at_once(identity):
    clerks = [await identity.staff(f"clerk.{number}") for number in range(10)]

    answers = await asyncio.gather(*(identity.log_in(clerk) for clerk in clerks))

    assert {answer.status_code for answer in answers} == {201}


async def test_unlock_account_lets_its_holder_in_and_is_audited(identity):
    li = await identity.staff()
    for _ in range(5):
        await identity.log_in(li, password="wrong")
    shown = await identity.client.get(f"/accounts/{li.id}", headers=identity.as_(SUN))
    assert shown.json()["locked_until"] is not None
    url, etag = f"/accounts/{li.id}/lock", {"If-Match": shown.headers["etag"]}

    by_clerk = await identity.client.delete(url, headers=identity.as_(LI) | etag)
    by_administrator = await identity.client.delete(url, headers=identity.as_(SUN) | etag)

    assert (by_clerk.status_code, by_administrator.status_code) == (403, 204)
    assert (await identity.log_in(li)).status_code == 201
    assert identity.audited("account.unlocked") == [("done", "", li.id)]


async def test_log_in_staff_asks_for_a_new_password_after_ninety_days(identity):
    li = await identity.staff()
    identity.clock.turn(days=91)

    response = await identity.log_in(li)

    assert (response.status_code, response.json()["type"]) == (403, "/problems/password-expired")


async def test_log_in_staff_asks_for_no_new_password_where_the_setting_says_so(
    database, keys_dir, tmp_path
):
    async with identity_rig(database, keys_dir, tmp_path, password_days=0) as identity:
        li = await identity.staff()
        identity.clock.turn(days=400)

        assert (await identity.log_in(li)).status_code == 201


async def test_change_password_needs_no_session_and_ends_all_there_are(identity):
    li = await identity.staff()
    await identity.log_in(li)
    identity.clock.turn(days=91)
    body = {
        "account": li.account,
        "password": li.password,
        "code": identity.code(li),
        "new_password": "thimble-Orchard-77-cloud",
    }

    changed = await identity.client.put("/passwords", json=body, headers=identity.as_())
    identity.clock.turn(seconds=30)
    with_old = await identity.log_in(li)
    with_new = await identity.log_in(li, password="thimble-Orchard-77-cloud")

    assert changed.status_code == 204
    assert (with_old.status_code, with_new.status_code) == (401, 201)
    assert len(identity.audited("staff.password-changed")) == 1


async def test_change_password_to_a_guessable_one_says_where_the_fault_is(identity):
    li = await identity.staff()
    body = {
        "account": li.account,
        "password": li.password,
        "code": identity.code(li),
        "new_password": "niangjia12351",
    }

    response = await identity.client.put("/passwords", json=body, headers=identity.as_())

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/new_password"


async def test_a_hash_of_smaller_parameters_is_made_anew_at_log_in(identity):
    li = await identity.staff()
    small = "$argon2id$v=19$m=8,t=1,p=1$"
    old = identity.app.state.hashes
    identity.app.state.hashes = type(old)(memory_kib=8, passes=1)
    await identity.client.put(
        "/passwords",
        json={
            "account": li.account,
            "password": li.password,
            "code": identity.code(li),
            "new_password": "thimble-Orchard-77-cloud",
        },
        headers=identity.as_(),
    )
    identity.app.state.hashes = old
    identity.clock.turn(seconds=30)
    query = "select password_hash from identity.staff_accounts"
    assert identity.rows(query)[0][0].startswith(small)

    response = await identity.log_in(li, password="thimble-Orchard-77-cloud")

    assert response.status_code == 201
    assert identity.rows(query)[0][0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_secrets_stand_nowhere_in_the_clear(identity, capfd):
    li = await identity.staff()
    handed = (await identity.log_in(li)).json()
    tables = "select tablename from pg_tables where schemaname = 'identity'"

    everything = ""
    for (table,) in identity.rows(tables):
        everything += str(identity.rows(f'select * from identity."{table}"'))
    logged = "".join(capfd.readouterr())

    for secret in (PASSWORD, li.secret, handed["session"], handed["refresh_token"], "13851234567"):
        assert secret not in everything
        assert secret not in logged


async def test_a_workers_assertion_opens_no_staff_account(identity):
    response = await identity.client.get("/accounts", headers=identity.as_(CHEN))

    assert response.status_code == 403
