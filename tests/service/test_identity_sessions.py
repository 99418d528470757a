"""Sessions begin at log-in, are renewed, act for a union, and end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from services.chassis.kernel.actors import Role
from tests.clusters import TestDatabase
from tests.people import COUNTY, OTHER_TOWN, SUN, TOWN, TOWN_PATH
from tests.service.identity_rig import Rig, identity_rig


@pytest.fixture
async def identity(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


async def exchange(identity, session):
    return await identity.client.post(
        "/session-exchanges", json={"session": session}, headers=identity.part("gateway")
    )


async def renew(identity, token):
    return await identity.client.post(
        "/tokens", json={"refresh_token": token}, headers=identity.as_()
    )


async def revoked(identity, after=None):
    params = {"after": after} if after else {}
    answer = await identity.client.get(
        "/revocations", params=params, headers=identity.part("gateway")
    )
    assert answer.status_code == 200
    return answer.json()


async def test_exchange_session_gives_the_gateway_a_token(identity):
    li = await identity.staff("li.jingban", Role.CLERK)
    handed = (await identity.log_in(li)).json()

    response = await exchange(identity, handed["session"])

    actor = identity.whose(response.json()["access_token"])
    assert response.status_code == 200
    assert (actor.id, actor.roles) == (li.id, {Role.CLERK})
    assert response.json()["sid"] == str(actor.session)


async def test_exchange_session_is_for_the_gateway_alone(identity):
    li = await identity.staff()
    handed = (await identity.log_in(li)).json()
    body = {"session": handed["session"]}
    actor = identity.whose(handed["access_token"])

    for headers in (identity.as_(), identity.as_(actor), identity.part("membership")):
        answer = await identity.client.post("/session-exchanges", json=body, headers=headers)
        assert answer.status_code in {401, 403}


async def test_exchange_session_of_a_made_up_secret_is_refused(identity):
    response = await exchange(identity, "x" * 43)

    assert (response.status_code, response.json()["type"]) == (401, "/problems/session-ended")


async def test_every_log_in_is_a_session_of_its_own(identity):
    li = await identity.staff()
    first = (await identity.log_in(li)).json()
    identity.clock.turn(seconds=30)
    second = (await identity.log_in(li)).json()

    assert first["session"] != second["session"]
    assert len(first["session"]) >= 43


async def test_a_session_idles_out_after_half_an_hour_and_use_keeps_it(identity):
    li = await identity.staff()
    session = (await identity.log_in(li)).json()["session"]
    for _ in range(3):
        identity.clock.turn(minutes=29)
        assert (await exchange(identity, session)).status_code == 200

    identity.clock.turn(minutes=30)

    assert (await exchange(identity, session)).status_code == 401


async def test_a_session_ends_after_twelve_hours_however_much_it_is_used(identity):
    li = await identity.staff()
    identity.clock.turn(hours=3)
    session = (await identity.log_in(li)).json()["session"]
    for _ in range(28):
        identity.clock.turn(minutes=25)
        await exchange(identity, session)
    identity.clock.turn(minutes=16)

    last = await exchange(identity, session)
    identity.clock.turn(minutes=5)

    assert last.json()["expires_in"] == 4 * 60
    assert (await exchange(identity, session)).status_code == 401


async def test_renew_tokens_rotates(identity):
    li = await identity.staff()
    first = (await identity.log_in(li)).json()

    second = await renew(identity, first["refresh_token"])
    third = await renew(identity, second.json()["refresh_token"])

    assert (second.status_code, third.status_code) == (200, 200)
    assert set(second.json()) == {"access_token", "expires_in", "refresh_token"}
    assert identity.whose(third.json()["access_token"]).id == li.id


async def test_renew_tokens_twice_ends_the_session_for_both(identity):
    li = await identity.staff()
    first = (await identity.log_in(li)).json()
    second = (await renew(identity, first["refresh_token"])).json()

    again = await renew(identity, first["refresh_token"])
    with_newer = await renew(identity, second["refresh_token"])

    assert (again.status_code, with_newer.status_code) == (401, 401)
    assert (await exchange(identity, first["session"])).status_code == 401
    (ended,) = (await revoked(identity))["items"]
    assert UUID(ended["sid"]) == identity.whose(first["access_token"]).session
    assert len(identity.audited("session.refresh-token-reused")) == 1


async def test_renew_tokens_at_the_same_moment_lets_one_through(identity):
    li = await identity.staff()
    token = (await identity.log_in(li)).json()["refresh_token"]

    answers = await asyncio.gather(*(renew(identity, token) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]


async def test_renew_tokens_after_idling_too_long_is_refused(identity):
    li = await identity.staff()
    token = (await identity.log_in(li)).json()["refresh_token"]
    identity.clock.turn(minutes=31)

    assert (await renew(identity, token)).status_code == 401


async def test_log_out_ends_the_session_and_tells_the_gateway(identity):
    li = await identity.staff()
    handed = (await identity.log_in(li)).json()
    actor = identity.whose(handed["access_token"])
    before = await revoked(identity)

    for _ in range(2):
        out = await identity.client.delete("/sessions/current", headers=identity.as_(actor))
        assert out.status_code == 204

    after = await revoked(identity, before["next"])
    assert [item["sid"] for item in after["items"]] == [str(actor.session)]
    assert (await revoked(identity, after["next"]))["items"] == []
    assert (await exchange(identity, handed["session"])).status_code == 401


async def test_my_sessions_are_mine_and_alive_and_say_which_one_this_is(identity):
    li, other = await identity.staff(), await identity.staff("wang.shenhe")
    await identity.log_in(other)
    idle = identity.whose((await identity.log_in(li)).json()["access_token"])
    identity.clock.turn(minutes=31)
    ended = identity.whose((await identity.log_in(li)).json()["access_token"])
    await identity.client.delete("/sessions/current", headers=identity.as_(ended))
    identity.clock.turn(minutes=1)
    here = identity.whose((await identity.log_in(li)).json()["access_token"])
    identity.clock.turn(minutes=1)
    there = identity.whose((await identity.log_in(li)).json()["access_token"])

    answer = await identity.client.get("/me/sessions", headers=identity.as_(here))

    items = answer.json()["items"]
    assert [(item["id"], item["is_current"]) for item in items] == [
        (str(there.session), False),
        (str(here.session), True),
    ]
    assert {item["auth"] for item in items} == {"password+totp"}
    assert str(idle.session) not in answer.text
    assert (await identity.client.get("/me/sessions", headers=identity.as_())).status_code == 401


async def test_log_out_everywhere_ends_all_of_mine_and_tells_the_gateway(identity):
    li, other = await identity.staff(), await identity.staff("wang.shenhe")
    kept = (await identity.log_in(other)).json()
    handed = [(await identity.log_in(li)).json()]
    identity.clock.turn(minutes=1)
    handed.append((await identity.log_in(li)).json())
    actors = [identity.whose(one["access_token"]) for one in handed]

    out = await identity.client.delete("/sessions", headers=identity.as_(actors[0]))

    assert out.status_code == 204
    ended = {item["sid"] for item in (await revoked(identity))["items"]}
    assert ended == {str(actor.session) for actor in actors}
    for one in handed:
        assert (await exchange(identity, one["session"])).status_code == 401
    assert (await exchange(identity, kept["session"])).status_code == 200
    assert len(identity.audited("staff.log-out-everywhere")) == 1


async def test_log_out_of_a_stranger_is_refused(identity):
    for path in ("/sessions/current", "/sessions"):
        out = await identity.client.delete(path, headers=identity.as_())

        assert out.status_code == 401


async def test_revocations_are_for_the_gateway_and_their_cursor_is_checked(identity):
    by_clerk = await identity.client.get("/revocations", headers=identity.as_(SUN))
    made_up = await identity.client.get("/revocations?after=abc", headers=identity.part("gateway"))
    too_big = await identity.client.get(
        f"/revocations?after={10**19}", headers=identity.part("gateway")
    )

    assert by_clerk.status_code == 403
    assert (made_up.status_code, too_big.status_code) == (422, 422)


async def test_endings_at_the_same_moment_are_all_seen_by_whoever_reads_on(identity):
    people = [await identity.staff(f"clerk.{number}") for number in range(6)]
    actors = [identity.whose((await identity.log_in(p)).json()["access_token"]) for p in people]
    seen, cursor = [], None

    async def leave(actor):
        await identity.client.delete("/sessions/current", headers=identity.as_(actor))

    leaving = [asyncio.create_task(leave(actor)) for actor in actors]
    while len(seen) < len(actors):
        page = await revoked(identity, cursor)
        seen += [item["sid"] for item in page["items"]]
        cursor = page["next"]
    await asyncio.gather(*leaving)

    assert sorted(seen) == sorted(str(actor.session) for actor in actors)


async def test_suspension_ends_every_session_at_once(identity):
    li = await identity.staff()
    session = (await identity.log_in(li)).json()["session"]
    url, etag = f"/accounts/{li.id}/suspension", {"If-Match": "2"}

    await identity.client.put(url, json={"reason": "离岗"}, headers=identity.as_(SUN) | etag)

    assert (await exchange(identity, session)).status_code == 401
    assert len((await revoked(identity))["items"]) == 1


async def test_a_changed_role_ends_every_session(identity):
    li = await identity.staff()
    session = (await identity.log_in(li)).json()["session"]

    granted = await identity.grant(li, Role.CLERK)

    assert granted.status_code == 201
    assert (await exchange(identity, session)).status_code == 401


async def test_switch_acting_union_reaches_what_is_granted_there_and_above(identity):
    li = await identity.staff("li.jingban", Role.CLERK)
    await identity.grant(li, Role.REVIEWER, COUNTY)
    await identity.grant(li, Role.MEDIATOR, OTHER_TOWN)
    handed = (await identity.log_in(li)).json()
    actor = identity.whose(handed["access_token"])
    assert (actor.union_id, actor.roles) == (COUNTY, {Role.REVIEWER})

    switched = await identity.client.put(
        "/me/acting-union", json={"union_id": str(TOWN)}, headers=identity.as_(actor)
    )

    now = identity.whose(switched.json()["access_token"])
    assert switched.status_code == 200
    assert switched.json()["acting_union"]["name"] == "唐桥镇总工会"
    assert (now.union_id, now.roles) == (TOWN, {Role.CLERK, Role.REVIEWER})
    assert now.session == actor.session
    exchanged = (await exchange(identity, handed["session"])).json()
    assert identity.whose(exchanged["access_token"]).union_id == TOWN
    assert len(identity.audited("session.acting-union-switched")) == 1
    identity.clock.turn(seconds=30)
    next_time = (await identity.log_in(li)).json()
    assert identity.whose(next_time["access_token"]).union_id == TOWN


async def test_switch_acting_union_to_where_nothing_is_granted_is_refused(identity):
    li = await identity.staff("li.jingban", Role.CLERK)
    actor = identity.whose((await identity.log_in(li)).json()["access_token"])

    for union in (COUNTY, OTHER_TOWN, UUID(int=9)):
        answer = await identity.client.put(
            "/me/acting-union", json={"union_id": str(union)}, headers=identity.as_(actor)
        )
        assert answer.status_code == 403


async def test_switch_acting_union_with_somebody_elses_session_is_refused(identity):
    li = await identity.staff("li.jingban", Role.CLERK)
    wu = await identity.staff("wu.shenhe", Role.REVIEWER)
    actor = identity.whose((await identity.log_in(li)).json()["access_token"])
    other = identity.whose((await identity.log_in(wu)).json()["access_token"])
    forged = type(actor)(actor.kind, actor.id, session=other.session, roles=actor.roles)

    answer = await identity.client.put(
        "/me/acting-union", json={"union_id": str(TOWN)}, headers=identity.as_(forged)
    )

    assert answer.status_code == 401


async def test_me_says_who_somebody_is_and_where_they_may_act(identity):
    li = await identity.staff("li.jingban", Role.CLERK)
    await identity.grant(li, Role.REVIEWER, COUNTY)
    actor = identity.whose((await identity.log_in(li)).json()["access_token"])

    body = (await identity.client.get("/me", headers=identity.as_(actor))).json()

    assert body["kind"] == "staff"
    assert body["name"] == "李经办"
    assert body["acting_union"]["id"] == str(COUNTY)
    assert body["roles"] == ["reviewer"]
    assert [(u["name"], u["roles"]) for u in body["unions"]] == [
        ("江临县总工会", ["reviewer"]),
        ("唐桥镇总工会", ["clerk", "reviewer"]),
    ]
    assert body["session_expires_at"] is not None


async def test_me_of_somebody_without_a_role_is_nowhere(identity):
    li = await identity.staff()
    actor = identity.whose((await identity.log_in(li)).json()["access_token"])

    body = (await identity.client.get("/me", headers=identity.as_(actor))).json()

    assert (body["acting_union"], body["roles"], body["unions"]) == (None, [], [])


async def test_a_grant_is_good_through_its_last_day_and_a_token_ends_with_the_day(identity):
    li = await identity.staff()
    await identity.grant(li, Role.CLERK, TOWN, "2026-03-02")
    identity.clock.turn(hours=11, minutes=54)  # 23:55 and something in Shanghai
    handed = (await identity.log_in(li)).json()
    assert identity.whose(handed["access_token"]).roles == {Role.CLERK}
    assert handed["expires_in"] < 600

    identity.clock.turn(minutes=10)
    tomorrow = (await exchange(identity, handed["session"])).json()

    assert identity.whose(tomorrow["access_token"]).roles == frozenset()


async def test_a_moved_union_moves_the_grants_below_it(identity):
    li = await identity.staff("li.jingban", Role.CLERK)
    await identity.hear("membership.union.moved", TOWN, f"{TOWN.hex}/", "唐桥镇总工会")

    actor = identity.whose((await identity.log_in(li)).json()["access_token"])

    assert actor.union_path == f"{TOWN.hex}/"


async def test_a_changed_union_keeps_its_place_and_takes_its_new_name(identity):
    li = await identity.staff("li.jingban", Role.CLERK)
    await identity.hear("membership.union.changed", TOWN, TOWN_PATH, "唐桥街道总工会")

    actor = identity.whose((await identity.log_in(li)).json()["access_token"])

    assert actor.union_name == "唐桥街道总工会"
    assert actor.union_path.endswith(f"{TOWN.hex}/")


async def test_a_changed_union_that_stands_elsewhere_takes_those_below_along(identity):
    village = UUID(int=0x999)
    await identity.found(village, f"{TOWN_PATH}{village.hex}/", "东村工会")
    path = f"{COUNTY.hex}/{OTHER_TOWN.hex}/{TOWN.hex}/"

    await identity.hear("membership.union.changed", TOWN, path, "唐桥镇总工会")

    query = "select path from identity.unions where id = %s"
    assert identity.rows(query, village) == [(f"{path}{village.hex}/",)]


async def test_a_union_founded_below_one_that_has_moved_stands_below_its_new_place(identity):
    village = UUID(int=0x999)
    await identity.hear("membership.union.moved", TOWN, f"{TOWN.hex}/", "唐桥镇总工会")
    await identity.found(village, f"{COUNTY.hex}/{TOWN.hex}/{village.hex}/", "东村工会")

    query = "select path from identity.unions where id = %s"

    assert identity.rows(query, village) == [(f"{TOWN.hex}/{village.hex}/",)]


async def test_an_outlived_session_is_forgotten_with_its_tokens(identity):
    li = await identity.staff()
    await identity.log_in(li)
    identity.clock.turn(days=3)

    await identity.sweep()

    for table in ("sessions", "refresh_tokens", "revocations"):
        assert identity.rows(f"select count(*) from identity.{table}") == [(0,)]
