"""Administrators look after accounts: created, activated, suspended, closed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from services.chassis.kernel.actors import Role
from tests.clusters import TestDatabase
from tests.people import COUNTY, LI, OTHER_TOWN, QIAN, SUN, TOWN, TOWN_PATH, WANG, ZHOU
from tests.service.identity_rig import PASSWORD, PHONE, Rig, identity_rig

# The county's administrator, acting for one town only.
TOWN_SUN = replace(SUN, id=UUID(int=55), union_id=TOWN, union_path=TOWN_PATH)


@pytest.fixture
async def identity(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


def body_of(account="li.jingban", union=TOWN):
    return {"account": account, "name": "李经办", "phone": PHONE, "union_id": str(union)}


async def create(identity, actor=SUN, **other):
    headers = identity.as_(actor) | identity.key()
    return await identity.client.post("/accounts", json=body_of() | other, headers=headers)


async def begin(identity, account, code):
    body = {"account": account, "activation_code": code}
    return await identity.client.post("/activations/secrets", json=body, headers=identity.as_())


async def confirm(identity, account, code, totp_code, password=PASSWORD):
    body = {
        "account": account,
        "activation_code": code,
        "password": password,
        "totp_code": totp_code,
    }
    return await identity.client.put("/activations", json=body, headers=identity.as_())


async def look(identity, account_id, actor=SUN):
    return await identity.client.get(f"/accounts/{account_id}", headers=identity.as_(actor))


async def move(identity, method, path, actor=SUN, version="2", reason="离岗培训"):
    headers = identity.as_(actor) | {"If-Match": f'"{version}"'}
    body = {"json": {"reason": reason}} if method == "PUT" else {}
    return await identity.client.request(method, f"/accounts/{path}", headers=headers, **body)


async def test_create_account_shows_an_activation_code_once(identity):
    response = await create(identity)

    made = response.json()
    shown = (await look(identity, made["id"])).json()
    assert response.status_code == 201
    assert set(made) == {"id", "activation_code", "activation_expires_at"}
    assert len(made["activation_code"].replace("-", "")) == 20
    assert made["activation_code"] not in str(shown)
    assert shown["state"] == "invited"
    assert shown["masked_phone"] == "138****4567"
    assert shown["union"] == {"id": str(TOWN), "name": "唐桥镇总工会"}
    assert shown["actions"] == ["reinvite", "close"]
    assert identity.audited("account.created") == [("done", "", UUID(made["id"]))]


async def test_create_account_is_for_administrators(identity):
    for actor in (LI, WANG, QIAN, ZHOU):
        assert (await create(identity, actor)).status_code == 403
    assert (await create(identity, replace(SUN, roles=frozenset()))).status_code == 403


async def test_create_account_stays_inside_the_administrators_scope(identity):
    inside = await create(identity, TOWN_SUN, account="inside.town")
    above = await create(identity, TOWN_SUN, union_id=str(COUNTY))
    beside = await create(identity, TOWN_SUN, union_id=str(OTHER_TOWN))
    nowhere = await create(identity, SUN, union_id=str(UUID(int=404)))

    assert inside.status_code == 201
    assert (above.status_code, beside.status_code) == (403, 403)
    assert nowhere.status_code == 422
    assert nowhere.json()["errors"][0]["pointer"] == "/union_id"


async def test_create_account_under_a_name_in_use_is_refused(identity):
    await create(identity)

    again = await create(identity, account="Li.JingBan")

    assert (again.status_code, again.json()["type"]) == (409, "/problems/duplicate")


async def test_create_account_at_the_same_moment_makes_one(identity):
    answers = await asyncio.gather(*(create(identity) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    "account", ["ab", "1abc", "李经办", "a b c", "a" * 33, "x;drop", "\x00abc"]
)
async def test_create_account_with_an_unsuitable_name_is_refused(identity, account):
    response = await create(identity, account=account)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/account"


async def test_activate_account_sets_password_and_second_factor(identity):
    account_id, code = await identity.invite()
    begun = (await begin(identity, "li.jingban", code.lower().replace("-", " "))).json()
    assert begun["otpauth_uri"].startswith("otpauth://totp/")
    assert begun["secret"] in begun["otpauth_uri"]
    from_app = identity.as_code(begun["secret"])

    done = await confirm(identity, "li.jingban", code, from_app)
    again = await confirm(identity, "li.jingban", code, from_app)

    assert (done.status_code, again.status_code) == (204, 401)
    assert (await look(identity, account_id)).json()["state"] == "active"
    assert identity.audited("account.activated") == [("done", "", account_id)]


async def test_the_code_that_confirmed_does_not_log_in_as_well(identity):
    _, code = await identity.invite()
    secret = (await begin(identity, "li.jingban", code)).json()["secret"]
    from_app = identity.as_code(secret)
    await confirm(identity, "li.jingban", code, from_app)
    body = {"account": "li.jingban", "password": PASSWORD, "code": from_app}

    response = await identity.client.post("/staff-sessions", json=body, headers=identity.as_())

    assert response.status_code == 401


async def test_activate_account_refuses_every_fault_with_one_answer(identity):
    _, code = await identity.invite()
    identity_code = "AAAAA-BBBBB-CCCCC-DDDDD"

    answers = [
        await begin(identity, "li.jingban", identity_code),
        await begin(identity, "nobody.here", code),
        await confirm(identity, "li.jingban", identity_code, "123456"),
        await confirm(identity, "nobody.here", code, "123456"),
    ]
    identity.clock.turn(hours=72)
    answers.append(await begin(identity, "li.jingban", code))

    bodies = [answer.json() | {"request_id": ""} for answer in answers]
    assert all(answer.status_code == 401 for answer in answers)
    assert all(body == bodies[0] for body in bodies)


async def test_activate_account_without_a_right_one_time_code_changes_nothing(identity):
    account_id, code = await identity.invite()
    too_early = await confirm(identity, "li.jingban", code, "123456")
    secret = (await begin(identity, "li.jingban", code)).json()["secret"]
    right = identity.as_code(secret)
    wrong = await confirm(identity, "li.jingban", code, f"{(int(right) + 1) % 10**6:06d}")

    assert (too_early.status_code, wrong.status_code) == (422, 422)
    assert wrong.json()["errors"][0]["pointer"] == "/totp_code"
    assert (await look(identity, account_id)).json()["state"] == "invited"
    assert (await confirm(identity, "li.jingban", code, right)).status_code == 204


@pytest.mark.parametrize(
    "password",
    [
        "short-1",
        "li.jingban-li.jingban",
        "qwertyuiop12",
        "123456789012",
        "gonghui123456",
        "李经办李经办李经办李经办",
    ],
)
async def test_activate_account_refuses_a_password_that_is_easily_guessed(identity, password):
    _, code = await identity.invite()
    secret = (await begin(identity, "li.jingban", code)).json()["secret"]

    response = await confirm(identity, "li.jingban", code, identity.as_code(secret), password)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/password"
    assert password not in response.text


async def test_a_password_is_kept_to_its_last_character(identity):
    long = "mulberry-Lantern-42-river-" * 4 + "wisp"
    _, code = await identity.invite()
    secret = (await begin(identity, "li.jingban", code)).json()["secret"]
    await confirm(identity, "li.jingban", code, identity.as_code(secret), long)
    identity.clock.turn(seconds=30)

    async def log_in(password):
        body = {"account": "li.jingban", "password": password}
        body["code"] = identity.as_code(secret)
        return await identity.client.post("/staff-sessions", json=body, headers=identity.as_())

    assert (await log_in(long[:-1])).status_code == 401
    assert (await log_in(long)).status_code == 201


async def test_suspend_and_resume_account(identity):
    li = await identity.staff()

    suspended = await move(identity, "PUT", f"{li.id}/suspension")
    refused = await identity.log_in(li)
    twice = await move(identity, "PUT", f"{li.id}/suspension", version="3")
    stale = await move(identity, "DELETE", f"{li.id}/suspension", version="2")
    resumed = await move(identity, "DELETE", f"{li.id}/suspension", version="3")

    assert (suspended.status_code, refused.status_code) == (204, 401)
    assert (twice.status_code, stale.status_code, resumed.status_code) == (409, 412, 204)
    assert (await identity.log_in(li)).status_code == 201
    assert identity.audited("account.suspended") == [("done", "离岗培训", li.id)]


async def test_suspend_account_needs_the_version_that_was_read(identity):
    li = await identity.staff()

    response = await identity.client.put(
        f"/accounts/{li.id}/suspension", json={"reason": "离岗"}, headers=identity.as_(SUN)
    )

    assert response.status_code == 428


async def test_suspend_account_by_the_wrong_people_is_refused(identity):
    li = await identity.staff()
    other = replace(TOWN_SUN, union_id=OTHER_TOWN, union_path=f"{COUNTY.hex}/{OTHER_TOWN.hex}/")
    itself = replace(SUN, id=li.id)

    by_officer = await move(identity, "PUT", f"{li.id}/suspension", ZHOU)
    by_clerk = await move(identity, "PUT", f"{li.id}/suspension", LI)
    by_stranger = await move(identity, "PUT", f"{li.id}/suspension", other)
    by_itself = await move(identity, "PUT", f"{li.id}/suspension", itself)

    assert by_officer.status_code == 403
    assert (by_clerk.status_code, by_stranger.status_code) == (404, 404)
    assert by_itself.status_code == 403


async def test_reinvite_account_makes_old_password_and_second_factor_worthless(identity):
    li = await identity.staff("li.jingban", Role.CLERK)
    url = f"/accounts/{li.id}/activation-codes"

    made = await identity.client.post(url, headers=identity.as_(SUN) | identity.key())

    assert made.status_code == 201
    assert (await identity.log_in(li)).status_code == 401
    code = made.json()["activation_code"]
    secret = (await begin(identity, "li.jingban", code)).json()["secret"]
    assert secret != li.secret
    assert (
        await confirm(identity, "li.jingban", code, identity.as_code(secret))
    ).status_code == 204
    identity.clock.turn(seconds=30)
    entered = await identity.log_in(li, code=identity.as_code(secret))
    assert identity.whose(entered.json()["access_token"]).roles == {Role.CLERK}


async def test_reinvite_account_takes_back_roles_that_oversee(identity):
    officer = await identity.staff("zhou.anquan", Role.SECURITY_OFFICER)
    url = f"/accounts/{officer.id}/activation-codes"

    made = await identity.client.post(url, headers=identity.as_(SUN) | identity.key())

    assert made.status_code == 201
    assert identity.rows("select count(*) from identity.grants where revoked_at is null") == [(0,)]


async def test_close_account_ends_grants_and_cannot_be_undone(identity):
    li = await identity.staff("li.jingban", Role.CLERK)

    closed = await move(identity, "PUT", f"{li.id}/closure", reason="调离")
    resumed = await move(identity, "DELETE", f"{li.id}/suspension", version="3")
    granted = await identity.grant(li, Role.CLERK)

    assert (closed.status_code, resumed.status_code, granted.status_code) == (204, 409, 409)
    assert (await identity.log_in(li)).status_code == 401
    assert identity.rows("select count(*) from identity.grants where revoked_at is null") == [(0,)]


async def test_accounts_are_listed_by_page_inside_the_scope_only(identity):
    for number in range(3):
        await identity.invite(f"town.{number}")
    await identity.invite("other.town", OTHER_TOWN)

    async def page(actor, **params):
        answer = await identity.client.get("/accounts", params=params, headers=identity.as_(actor))
        assert answer.status_code == 200, answer.text
        return answer.json()

    first = await page(SUN, limit=3)
    second = await page(SUN, limit=3, after=first["next"])
    in_town = await page(TOWN_SUN)

    assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 1, None]
    assert {item["account"] for item in in_town["items"]} == {"town.0", "town.1", "town.2"}
    assert PHONE not in str(first)
    for actor in (LI, WANG):
        answer = await identity.client.get("/accounts", headers=identity.as_(actor))
        assert answer.status_code == 403
    made_up = await identity.client.get("/accounts?after=zzz", headers=identity.as_(SUN))
    assert made_up.status_code == 422


async def test_search_accounts_finds_by_name_and_keeps_no_words(identity):
    await identity.invite("li.jingban")
    await identity.invite("other.town", OTHER_TOWN)

    async def search(text, actor=SUN):
        return await identity.client.post(
            "/accounts/searches", json={"text": text}, headers=identity.as_(actor)
        )

    by_name, by_account = await search("李经"), await search("JINGBAN")
    nothing, by_clerk = await search("%"), await search("李", LI)

    assert len(by_name.json()["items"]) == 2
    assert [item["account"] for item in by_account.json()["items"]] == ["li.jingban"]
    assert nothing.json()["items"] == []
    assert by_clerk.status_code == 403
    details = identity.rows(
        "select details::text from identity.audit where action = 'account.searched'"
    )
    assert "李" not in str(details)
