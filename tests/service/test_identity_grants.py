"""The security officer grants roles, and takes them back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest

from services.chassis.kernel.actors import Role
from tests.clusters import TestDatabase
from tests.people import COUNTY, LI, OTHER_TOWN, QIAN, SUN, TOWN, TOWN_PATH, ZHOU
from tests.service.identity_rig import Person, Rig, identity_rig

OVERSIGHT = (Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY_OFFICER)


@pytest.fixture
async def identity(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


async def invited(identity, account="li.jingban", union=TOWN):
    account_id, _ = await identity.invite(account, union)
    return Person(account_id, account, "")


async def grant(identity, person, actor=ZHOU, role=Role.CLERK, union=TOWN, **other):
    body = {"union_id": str(union), "role": role} | other
    url, headers = f"/accounts/{person.id}/grants", identity.as_(actor) | identity.key()
    return await identity.client.post(url, json=body, headers=headers)


async def revoke(identity, grant_id, actor=ZHOU, version="1"):
    headers = identity.as_(actor) | {"If-Match": version}
    return await identity.client.delete(f"/grants/{grant_id}", headers=headers)


async def test_grant_role_shows_what_was_granted(identity):
    li = await invited(identity)

    response = await grant(identity, li, expires_on="2026-12-31")

    body = response.json()
    assert response.status_code == 201
    assert body["role"] == {"code": "clerk", "label": "经办"}
    assert body["union"] == {"id": str(TOWN), "name": "唐桥镇总工会"}
    assert (body["account"], body["expires_on"]) == ("li.jingban", "2026-12-31")
    assert identity.audited("grant.made") == [("done", "", li.id)]


async def test_grant_role_is_for_security_officers(identity):
    li = await invited(identity)

    for actor in (SUN, QIAN, LI):
        assert (await grant(identity, li, actor)).status_code == 403


async def test_grant_role_to_oneself_is_refused(identity):
    li = await invited(identity)
    itself = replace(ZHOU, id=li.id)

    assert (await grant(identity, li, itself)).status_code == 403


async def test_grant_role_stays_inside_the_officers_scope(identity):
    li = await invited(identity)
    far = await invited(identity, "far.away", OTHER_TOWN)
    officer = replace(ZHOU, id=UUID(int=66), union_id=TOWN, union_path=TOWN_PATH)

    assert (await grant(identity, li, officer)).status_code == 201
    assert (await grant(identity, li, officer, Role.REVIEWER, COUNTY)).status_code == 403
    assert (await grant(identity, li, officer, Role.REVIEWER, OTHER_TOWN)).status_code == 403
    assert (await grant(identity, far, officer)).status_code == 404


async def test_grant_role_at_a_union_that_nobody_told_of_is_refused(identity):
    li = await invited(identity)

    response = await grant(identity, li, union=UUID(int=404))

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/union_id"


@pytest.mark.parametrize("role", ["worker", "system", "service", "king", ""])
async def test_grant_role_takes_only_what_can_be_granted(identity, role):
    li = await invited(identity)

    assert (await grant(identity, li, role=role)).status_code == 422


async def test_grant_role_that_has_expired_before_it_begins_is_refused(identity):
    li = await invited(identity)

    assert (await grant(identity, li, expires_on="2026-03-01")).status_code == 422
    assert (await grant(identity, li, expires_on="2026-03-02")).status_code == 201


async def test_grant_role_twice_is_refused_until_it_has_expired(identity):
    li = await invited(identity)
    await grant(identity, li, expires_on="2026-03-02")

    twice = await grant(identity, li)
    identity.clock.turn(days=1)
    anew = await grant(identity, li)

    assert (twice.status_code, anew.status_code) == (409, 201)


@pytest.mark.parametrize(
    ("held", "wanted"), [pair for pair in product(OVERSIGHT, OVERSIGHT) if pair[0] != pair[1]]
)
async def test_roles_of_oversight_exclude_each_other_wherever_they_are(identity, held, wanted):
    li = await invited(identity)
    await grant(identity, li, role=held, union=TOWN)

    response = await grant(identity, li, role=wanted, union=OTHER_TOWN)

    assert (response.status_code, response.json()["type"]) == (409, "/problems/incompatible-roles")


async def test_incompatible_roles_at_the_same_moment_leave_one(identity):
    li = await invited(identity)
    wanted = (Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY_OFFICER, Role.CLERK)

    answers = await asyncio.gather(*(grant(identity, li, role=role) for role in wanted))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert identity.rows("select count(*) from identity.grants") == [(1,)]


async def test_an_expired_role_excludes_nothing(identity):
    li = await invited(identity)
    await grant(identity, li, role=Role.AUDITOR, expires_on="2026-03-02")
    identity.clock.turn(days=1)

    assert (await grant(identity, li, role=Role.CLERK)).status_code == 201


async def test_whoever_approves_does_not_pay_in_the_same_place(identity):
    li = await invited(identity)
    await grant(identity, li, role=Role.APPROVER, union=COUNTY)

    below = await grant(identity, li, role=Role.FINANCE, union=TOWN)

    assert below.status_code == 409


async def test_revoke_grant_once(identity):
    li = await invited(identity)
    made = (await grant(identity, li)).json()

    by_clerk = await revoke(identity, made["id"], LI)
    by_administrator = await revoke(identity, made["id"], SUN)
    done = await revoke(identity, made["id"])
    twice = await revoke(identity, made["id"])

    assert (by_clerk.status_code, by_administrator.status_code) == (403, 403)
    assert (done.status_code, twice.status_code) == (204, 404)
    assert identity.audited("grant.revoked") == [("done", "", li.id)]


async def test_revoke_grant_outside_the_scope_is_not_found(identity):
    li = await invited(identity)
    made = (await grant(identity, li, role=Role.REVIEWER, union=COUNTY)).json()
    officer = replace(ZHOU, id=UUID(int=66), union_id=TOWN, union_path=TOWN_PATH)

    assert (await revoke(identity, made["id"], officer)).status_code == 404


async def test_grants_are_shown_to_whoever_looks_after_accounts(identity):
    li = await invited(identity)
    made = (await grant(identity, li)).json()

    for actor in (SUN, ZHOU, QIAN):
        for path in (f"/grants/{made['id']}", "/grants", f"/accounts/{li.id}/grants"):
            answer = await identity.client.get(path, headers=identity.as_(actor))
            assert answer.status_code == 200
            assert made["id"] in answer.text
    by_clerk = await identity.client.get("/grants", headers=identity.as_(LI))
    assert by_clerk.status_code == 403
