"""Other systems are registered, given scopes by a second person, and prove who they are."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from joserfc.jwk import ECKey

from services.chassis.kernel.actors import Kind
from tests.clusters import TestDatabase
from tests.partner import FORM, Partner, new_key
from tests.people import LI, QIAN, SUN, TOWN, TOWN_PATH, WANG, ZHOU
from tests.service.identity_rig import NOON, Rig, identity_rig

ISSUER = "http://localhost:8000"
WRITE = "membership:applications.write"
TERMS = {"allow_list": [], "per_minute": 120, "concurrent": 4, "requires_signature": False}
CLIENT = {
    "name": "顺路跑腿",
    "kind": "platform",
    "union_id": str(TOWN),
    "contact": {"name": "王接口", "phone": "13800001234"},
} | TERMS


@pytest.fixture
async def identity(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Rig]:
    async with identity_rig(database, keys_dir, tmp_path) as rig:
        yield rig


async def create(identity, actor=SUN, **other):
    headers = identity.as_(actor) | identity.key()
    return await identity.client.post("/clients", json=CLIENT | other, headers=headers)


async def read(identity, client_id, actor=SUN):
    return await identity.client.get(f"/clients/{client_id}", headers=identity.as_(actor))


async def change(identity, method, path, body=None, actor=SUN, version=None):
    client_id = path.split("/")[2]
    if version is None:
        version = (await read(identity, client_id)).headers["etag"]
    headers = identity.as_(actor) | {"If-Match": version}
    return await identity.client.request(method, path, json=body, headers=headers)


async def add_key(identity, client_id, jwk, actor=SUN, **validity):
    headers = identity.as_(actor) | identity.key()
    body = {"jwk": jwk} | validity
    return await identity.client.post(f"/clients/{client_id}/keys", json=body, headers=headers)


async def grant(identity, client_id, *scopes, actor=ZHOU):
    path = f"/clients/{client_id}/scopes"
    return await change(identity, "PUT", path, {"scopes": list(scopes)}, actor)


@pytest.fixture
async def partner(identity) -> Partner:
    """A platform company that may enrol its riders."""
    partner = Partner((await create(identity)).json()["id"], ISSUER)
    assert (await add_key(identity, partner.id, partner.jwk)).status_code == 201
    assert (await grant(identity, partner.id, WRITE)).status_code == 204
    return partner


async def ask(identity, form):
    headers = identity.as_() | FORM
    return await identity.client.post("/oauth/token", content=form, headers=headers)


async def token(identity, partner, **other):
    return await ask(identity, partner.form(partner.assertion(identity.clock.now, **other)))


async def test_a_new_client_may_do_nothing_until_scopes_are_granted(identity):
    client_id = (await create(identity)).json()["id"]
    partner = Partner(client_id, ISSUER)
    await add_key(identity, client_id, partner.jwk)

    response = await token(identity, partner)

    assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")
    body = (await read(identity, client_id)).json()
    assert body["union"] == {"id": str(TOWN), "name": "唐桥镇总工会"}
    assert body["kind"] == {"code": "platform", "label": "平台企业"}
    assert body["scopes"] == []
    assert body["contact"] == {"masked_name": "王**", "masked_phone": "138****1234"}
    assert body["actions"] == ["suspend", "change", "register-key", "revoke-key"]
    assert [key["kid"] for key in body["keys"]] == [partner.kid]
    assert identity.audited("client.created") == [("done", "", UUID(client_id))]


async def test_clients_are_the_administrators_and_scopes_the_security_officers(identity):
    client_id = (await create(identity)).json()["id"]

    made = [(await create(identity, actor)).status_code for actor in (ZHOU, QIAN, LI, WANG)]
    granted = [
        (await grant(identity, client_id, WRITE, actor=actor)).status_code
        for actor in (SUN, QIAN, LI)
    ]
    keyed = [
        (await add_key(identity, client_id, new_key().as_dict(), actor)).status_code
        for actor in (ZHOU, QIAN, LI)
    ]

    assert (made, granted, keyed) == ([403] * 4, [403] * 3, [403] * 3)


async def test_what_does_not_fit_is_refused_with_where_and_why(identity):
    client_id = (await create(identity)).json()["id"]
    private = new_key().as_dict(private=True)
    rsa = {"kty": "RSA", "n": "AQAB", "e": "AQAB"}

    answers = [
        await create(identity, allow_list=["0.0.0.0/0"]),
        await create(identity, allow_list=["10.0.0.1/8"]),
        await create(identity, kind="hotline"),
        await grant(identity, client_id, "membership:everything.write"),
        await add_key(identity, client_id, private),
        await add_key(identity, client_id, rsa),
        await add_key(identity, client_id, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
    ]

    faults = [(a.status_code, a.json()["errors"][0]["code"]) for a in answers]
    assert faults == [
        (422, "network"),
        (422, "network"),
        (422, "hotline"),
        (422, "unknown-scope"),
        (422, "private-key"),
        (422, "key-kind"),
        (422, "key-damaged"),
    ]


async def test_a_change_is_asked_for_with_the_version_that_was_read(identity, partner):
    path = f"/clients/{partner.id}"
    terms = {"terms": TERMS | {"allow_list": ["203.0.113.7"], "per_minute": 30}}

    first = await change(identity, "PATCH", path, terms)
    second = await change(identity, "PATCH", path, terms, version='"1"')
    body = (await read(identity, partner.id)).json()

    assert (first.status_code, second.status_code) == (204, 412)
    assert (body["allow_list"], body["per_minute"]) == (["203.0.113.7/32"], 30)


async def test_a_client_gets_a_token_that_says_what_it_may_do(identity, partner):
    response = await token(identity, partner)

    body = response.json()
    actor = identity.whose(body["access_token"])
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, WRITE)
    assert (actor.kind, actor.id, actor.name) == (Kind.SERVICE, UUID(partner.id), "顺路跑腿")
    assert (actor.union_path, actor.scopes) == (TOWN_PATH, frozenset({WRITE}))
    assert (actor.client, actor.auth, actor.roles) == (partner.id, "private_key_jwt", frozenset())
    assert identity.audited("client.token-issued") == [("done", "", UUID(partner.id))]


async def test_a_p256_key_is_as_good(identity, partner):
    other = Partner(partner.id, ISSUER + "/api/identity/v1/oauth/token", ECKey.generate_key())
    await add_key(identity, partner.id, other.jwk)

    assert (await token(identity, other)).status_code == 200


async def test_an_assertion_is_spent_once_even_in_a_race(identity, partner):
    form = partner.form(partner.assertion(identity.clock.now))

    answers = await asyncio.gather(*(ask(identity, form) for _ in range(8)))

    assert sorted(a.status_code for a in answers) == [200] + [401] * 7


def part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def with_public_key_as_secret(partner, token):
    signed = f"{part({'alg': 'HS256'})}.{token.split('.')[1]}"
    made = hmac.digest(partner.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def with_no_signature(token):
    return f"{part({'alg': 'none'})}.{token.split('.')[1]}."


def forged(partner, now):
    """Proofs that prove nothing, each for another reason."""
    stranger, at = Partner(partner.id, ISSUER), int(now.timestamp())
    yield "other-key", stranger.assertion(now)
    yield "aud-none", partner.assertion(now, aud=None)
    yield "aud-other", partner.assertion(now, aud="https://elsewhere.example")
    yield "aud-longer", partner.assertion(now, aud=ISSUER + "/")
    yield "aud-two", partner.assertion(now, aud=[ISSUER, "https://elsewhere.example"])
    yield "exp-past", partner.assertion(now, exp=at - 60)
    yield "exp-far", partner.assertion(now, exp=at + 3600)
    yield "exp-none", partner.assertion(now, exp=None)
    yield "nbf-future", partner.assertion(now, nbf=at + 300)
    yield "iat-future", partner.assertion(now, iat=at + 300)
    yield "jti-none", partner.assertion(now, jti=None)
    yield "jti-short", partner.assertion(now, jti="1")
    yield "iss-other", partner.assertion(now, iss=str(UUID(int=5)))
    yield "unknown", Partner(str(UUID(int=5)), ISSUER, partner.key).assertion(now)
    yield "not-an-id", Partner("shunlu", ISSUER, partner.key).assertion(now)
    yield "kid-other", partner.assertion(now, header={"kid": "another"})
    yield "jku", partner.assertion(now, header={"jku": "https://elsewhere.example/jwks"})
    yield "jwk", partner.assertion(now, header={"jwk": stranger.jwk})
    yield "typ", partner.assertion(now, header={"typ": "at+jwt"})
    yield "hmac", with_public_key_as_secret(partner, partner.assertion(now))
    yield "none", with_no_signature(partner.assertion(now))
    yield "empty", ""
    yield "two-parts", "e30.e30"


async def test_every_forged_assertion_gets_the_same_refusal(identity, partner):
    answers = {
        name: await ask(identity, partner.form(proof, client_id=partner.id))
        for name, proof in forged(partner, NOON + timedelta(seconds=30))
    }

    assert {name: a.status_code for name, a in answers.items() if a.status_code != 401} == {}
    assert {a.text for a in answers.values()} == {
        '{"error":"invalid_client","error_description":"Client authentication failed."}'
    }


async def test_the_token_endpoint_answers_as_oauth_says(identity, partner):
    now = identity.clock.now
    good = partner.form(partner.assertion(now))

    answers = {
        "repeated": await ask(identity, good + "&grant_type=client_credentials"),
        "no grant": await ask(identity, partner.form(partner.assertion(now), grant_type="")),
        "password": await ask(
            identity, partner.form(partner.assertion(now), grant_type="password")
        ),
        "scope": await ask(
            identity, partner.form(partner.assertion(now), scope="membership:members.read")
        ),
        "no proof": await ask(identity, "grant_type=client_credentials"),
    }
    no_form = await identity.client.post(
        "/oauth/token", json={"grant_type": "client_credentials"}, headers=identity.as_()
    )

    assert {name: (a.status_code, a.json()["error"]) for name, a in answers.items()} == {
        "repeated": (400, "invalid_request"),
        "no grant": (400, "invalid_request"),
        "password": (400, "unsupported_grant_type"),
        "scope": (400, "invalid_scope"),
        "no proof": (401, "invalid_client"),
    }
    assert (no_form.status_code, no_form.json()["error"]) == (400, "invalid_request")
    assert no_form.headers["content-type"] == "application/json"


async def test_keys_overlap_begin_and_end_in_time(identity, partner):
    early = Partner(partner.id, ISSUER)
    later = NOON + timedelta(hours=1)
    await add_key(identity, partner.id, early.jwk, not_before=later.isoformat())
    before = await token(identity, early)

    identity.clock.turn(hours=1)

    assert before.status_code == 401
    assert (await token(identity, early)).status_code == 200
    assert (await token(identity, partner)).status_code == 200


async def test_a_key_is_registered_once(identity, partner):
    other = (await create(identity)).json()["id"]

    again = await add_key(identity, partner.id, partner.jwk)
    elsewhere = await add_key(identity, other, partner.jwk)

    assert (again.status_code, elsewhere.status_code) == (409, 409)


async def revoked(identity):
    headers = identity.part("gateway")
    answer = (await identity.client.get("/revocations", headers=headers)).json()
    return [item["sid"] for item in answer["items"]], answer["directory"]


async def test_a_revoked_key_gets_no_token_and_ends_those_there_are(identity, partner):
    other = Partner(partner.id, ISSUER)
    await add_key(identity, partner.id, other.jwk)
    actor = identity.whose((await token(identity, partner)).json()["access_token"])
    key_id = (await read(identity, partner.id)).json()["keys"][1]["id"]

    gone = await change(identity, "DELETE", f"/clients/{partner.id}/keys/{key_id}")

    ended, _ = await revoked(identity)
    assert gone.status_code == 204
    assert ended == [str(actor.session)]
    assert (await token(identity, partner)).status_code == 401
    fresh = identity.whose((await token(identity, other)).json()["access_token"])
    assert fresh.session != actor.session


async def test_a_suspended_client_is_out_until_it_is_resumed(identity, partner):
    actor = identity.whose((await token(identity, partner)).json()["access_token"])
    path, reason = f"/clients/{partner.id}/suspension", {"reason": "异常调用"}
    _, before = await revoked(identity)

    stopped = await change(identity, "PUT", path, reason, ZHOU)
    refused = await token(identity, partner)
    ended, after = await revoked(identity)
    again = await change(identity, "PUT", path, reason)
    by_officer = await change(identity, "DELETE", path, actor=ZHOU)
    resumed = await change(identity, "DELETE", path)

    assert (stopped.status_code, refused.status_code) == (204, 401)
    assert ended == [str(actor.session)]
    assert after == before + 1
    assert (again.status_code, by_officer.status_code, resumed.status_code) == (409, 403, 204)
    assert (await token(identity, partner)).status_code == 200


async def test_taking_a_scope_away_ends_tokens_and_giving_one_does_not(identity, partner):
    await token(identity, partner)

    await grant(identity, partner.id, WRITE, "membership:members.read")
    none_ended, _ = await revoked(identity)
    await grant(identity, partner.id, "membership:members.read")
    ended, _ = await revoked(identity)

    assert (len(none_ended), len(ended)) == (0, 1)


async def test_a_secret_is_shown_once_and_sealed(identity, partner):
    headers = identity.as_(SUN) | identity.key()
    made = await identity.client.post(f"/clients/{partner.id}/secrets", json={}, headers=headers)

    secret = made.json()["secret"]
    stored = identity.rows("select secret_sealed from identity.client_keys where jwk is null")
    assert made.status_code == 201
    assert secret.startswith("whsec_")
    assert secret.encode() not in bytes(stored[0][0])
    assert secret not in (await read(identity, partner.id)).text
    assert made.headers.get("idempotent-replayed") is None


async def test_only_gateways_read_the_directory_and_use_nonces(identity, partner):
    answers = {
        who: (await identity.client.get("/client-directory", headers=headers)).status_code
        for who, headers in {
            "gateway": identity.part("gateway"),
            "membership": identity.part("membership"),
            "administrator": identity.as_(SUN),
        }.items()
    }
    entry = (
        await identity.client.get("/client-directory", headers=identity.part("gateway"))
    ).json()["entries"][0]
    nonce = {"client_id": partner.id, "nonce": "n-1"}
    used = [
        (
            await identity.client.post("/nonces", json=nonce, headers=identity.part("gateway"))
        ).status_code
        for _ in range(2)
    ]

    assert answers == {"gateway": 200, "membership": 403, "administrator": 403}
    assert (entry["id"], entry["union_path"], entry["scopes"]) == (partner.id, TOWN_PATH, [WRITE])
    assert [key["kid"] for key in entry["keys"]] == [partner.kid]
    assert used == [201, 409]


async def test_what_may_be_used_once_is_forgotten_after_its_time(identity, partner):
    await token(identity, partner)

    identity.clock.turn(hours=1)
    await token(identity, partner)

    assert len(identity.rows("select 1 from identity.used_once")) == 1
