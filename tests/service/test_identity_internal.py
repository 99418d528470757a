"""What the parts of the platform ask identity, and nobody else may."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.chassis.edge.assertions import load_key, load_trust, read_actor, sign_actor
from services.chassis.kernel.actors import ANONYMOUS, Kind, Role
from services.identity import bootstrap, seed_demo
from tests.clusters import TestDatabase
from tests.people import COUNTY, COUNTY_PATH, LI, QIAN
from tests.service.identity_rig import Rig, identity_rig


@pytest.fixture
async def identity(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


def assertion_for(identity, actor, audience="membership"):
    return sign_actor(load_key(identity.keys / "gateway.jwk"), actor, audience, identity.clock.now)


async def exchange(identity, assertion, audience="hardship", part="membership"):
    body = {"assertion": assertion, "audience": audience}
    headers = identity.part(part)
    return await identity.client.post("/assertion-exchanges", json=body, headers=headers)


async def test_exchange_assertion_keeps_the_person_and_names_the_service_that_asks(identity):
    actor = identity.whose((await identity.worker())["access_token"])

    response = await exchange(identity, assertion_for(identity, actor), "identity")

    trust = load_trust(identity.keys / "trust.jwks")
    got = read_actor(response.json()["assertion"], trust, "identity", identity.clock.now)
    assert response.status_code == 200
    assert (got.id, got.kind, got.client) == (actor.id, Kind.WORKER, "membership")
    phone = await identity.client.get(
        "/me/phone", headers={"Authorization": f"Bearer {response.json()['assertion']}"}
    )
    assert phone.status_code == 200


async def test_exchange_assertion_takes_a_stranger_along(identity):
    response = await exchange(identity, assertion_for(identity, ANONYMOUS), "identity")

    assert response.status_code == 200


async def test_exchange_assertion_that_was_made_for_somebody_else_is_refused(identity):
    actor = identity.whose((await identity.worker())["access_token"])

    for_gateway = await exchange(identity, assertion_for(identity, actor, "identity"), "identity")
    made_up = await exchange(identity, "not.a.token", "identity")
    old = assertion_for(identity, actor)
    identity.clock.turn(seconds=31)
    too_old = await exchange(identity, old, "identity")

    assert {a.status_code for a in (for_gateway, made_up, too_old)} == {401}


async def test_exchange_assertion_of_an_ended_session_is_refused(identity):
    actor = identity.whose((await identity.worker())["access_token"])
    await identity.client.delete("/sessions/current", headers=identity.as_(actor))

    assert (await exchange(identity, assertion_for(identity, actor), "identity")).status_code == 401


@pytest.mark.parametrize("audience", ["gateway", "frontend", "membership", "nobody"])
async def test_exchange_assertion_for_a_wrong_audience_is_refused(identity, audience):
    response = await exchange(identity, assertion_for(identity, ANONYMOUS), audience)

    assert response.status_code == 422


async def test_exchange_assertion_by_a_person_is_refused(identity):
    body = {"assertion": assertion_for(identity, LI), "audience": "identity"}

    for headers in (identity.as_(LI), identity.as_()):
        answer = await identity.client.post("/assertion-exchanges", json=body, headers=headers)
        assert answer.status_code in {401, 403}


REFUSAL = {
    "code": "too-many-requests",
    "reason": "search",
    "service": "membership",
    "status": 429,
    "count": 12,
    "since": "2026-03-02T09:00:00+00:00",
    "until": "2026-03-02T09:00:05+00:00",
}


async def test_record_gateway_refusals_for_the_audit(identity):
    body = {"items": [REFUSAL, REFUSAL | {"code": "unauthenticated", "status": 401}]}

    done = await identity.client.post(
        "/gateway-refusals", json=body, headers=identity.part("gateway")
    )
    by_auditor = await identity.client.post(
        "/gateway-refusals", json=body, headers=identity.as_(QIAN)
    )

    assert (done.status_code, by_auditor.status_code) == (204, 403)
    assert [row[:2] for row in identity.audited("gateway.refused")] == [
        ("refused", "too-many-requests"),
        ("refused", "unauthenticated"),
    ]


def environment(monkeypatch, identity, tmp_path, mode="local"):
    settings = {
        "MODE": mode,
        "PRIVATE_KEY": identity.keys / "identity.jwk",
        "TRUST": identity.keys / "trust.jwks",
        "DATABASE_URL": identity.database.url("identity"),
        "KEYS": identity.keys / "kek.json",
        "DATA_DIR": tmp_path,
        "WEBHOOK_SECRET_FILE": identity.keys / "webhook.secret",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"IDENTITY_{name}", str(value))


async def in_a_thread(work):
    """A command has an event loop of its own."""
    return await asyncio.to_thread(work)


def words(account, role, *more):
    return ["--account", account, "--role", role, "--phone", "13800001234", *more]


async def test_bootstrap_creates_the_first_of_each_role_and_no_second(
    identity, monkeypatch, tmp_path, capsys
):
    environment(monkeypatch, identity, tmp_path)

    first = await in_a_thread(lambda: bootstrap.main(words("zhou.anquan", "security_officer")))
    code = capsys.readouterr().out.splitlines()[-1]
    second = await in_a_thread(lambda: bootstrap.main(words("someone.else", "security_officer")))
    other = await in_a_thread(lambda: bootstrap.main(words("sun.guanli", "administrator")))

    body = {"account": "zhou.anquan", "activation_code": code}
    begun = await identity.client.post("/activations/secrets", json=body, headers=identity.as_())
    assert (first, second, other) == (0, 1, 0)
    assert begun.status_code == 200
    query = "select role, union_id from identity.grants order by role"
    assert identity.rows(query) == [("administrator", COUNTY), ("security_officer", COUNTY)]


async def test_seed_demo_creates_people_who_can_log_in_and_is_repeatable(
    identity, monkeypatch, tmp_path, capsys
):
    environment(monkeypatch, identity, tmp_path)
    place = {"union_id": str(COUNTY), "union_path": COUNTY_PATH, "union_name": "江临县总工会"}
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    person = {"account": "demo.clerk", "name": "演示经办", "password": "mulberry-Lantern-42"}
    people = [person | {"totp_secret": secret, "grants": [place | {"role": "clerk"}]}]
    file = tmp_path / "people.json"
    file.write_text(json.dumps(people))

    first = await in_a_thread(lambda: seed_demo.main([str(file)]))
    second = await in_a_thread(lambda: seed_demo.main([str(file)]))

    body = {"account": "demo.clerk", "password": "mulberry-Lantern-42"}
    body["code"] = identity.as_code(secret)
    entered = await identity.client.post("/staff-sessions", json=body, headers=identity.as_())
    transport = httpx.ASGITransport(identity.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        shown = (await client.get("/local/codes.json")).json()["totp_codes"]
    assert (first, second) == (0, 0)
    assert identity.whose(entered.json()["access_token"]).roles == {Role.CLERK}
    assert shown == [{"account": "demo.clerk", "name": "演示经办", "code": body["code"]}]


async def test_seed_demo_refuses_outside_mode_local(identity, monkeypatch, tmp_path, capsys):
    environment(monkeypatch, identity, tmp_path, mode="production")

    assert seed_demo.main(["people.json"]) == 2
    assert "本机演示" in capsys.readouterr().err


async def test_check_standing_tells_a_service_which_roles_reach_a_union_today(identity):
    person = await identity.staff("li.jingban", Role.CLERK, union=COUNTY)
    body = {"account_id": str(person.id), "union_path": COUNTY_PATH}

    asked = await identity.client.post(
        "/standing-checks", json=body, headers=identity.part("membership")
    )
    above = await identity.client.post(
        "/standing-checks", json=body | {"union_path": ""}, headers=identity.part("membership")
    )

    assert (asked.status_code, asked.json()) == (200, {"roles": ["clerk"]})
    assert above.json() == {"roles": []}


async def test_check_standing_is_refused_to_people_and_to_the_edge(identity):
    body = {"account_id": str(LI.id), "union_path": COUNTY_PATH}
    for headers in (identity.as_(LI), identity.part("frontend")):
        response = await identity.client.post("/standing-checks", json=body, headers=headers)

        assert response.status_code == 403
