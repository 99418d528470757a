"""Other systems through the gateway: tokens, signatures, addresses, limits."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

from services.chassis.kernel.actors import Kind
from tests.clusters import TestDatabase
from tests.partner import COVERED, Partner
from tests.people import SUN, TOWN_PATH, ZHOU
from tests.service.gateway_rig import serving
from tests.service.partner_rig import HOOKS, HOST, PUBLIC_URL, TERMS, WRITE, Place, open_place

PATH = "/api/membership/v1/applications/batches"
NEUTRAL = "请求的签名没有通过验证。请核对密钥、签名范围、时间和一次性编号，重新签名后再发送。"


@pytest.fixture
async def place(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Place]:
    async with open_place(database, keys_dir, tmp_path) as opened:
        yield opened


def now() -> datetime:
    return datetime.now(UTC)


async def call(place, headers, body=b"{}", path=PATH, method="POST"):
    return await place.client.request(method, path, content=body, headers=HOST | headers)


async def broken_rules(place, wanted):
    """What the audit says of the refusals so far, once it says at least what is ``wanted``."""
    query = "select details->>'why' from identity.audit where action = 'gateway.refused'"
    end, found = time.monotonic() + 5, set()
    while time.monotonic() < end and not wanted <= found:
        await asyncio.sleep(0.05)
        with psycopg.connect(place.database.admin_url) as connection:
            found = {row[0].split()[0] for row in connection.execute(query).fetchall()}
    return found


async def test_a_token_opens_the_api_for_the_client_and_its_scopes(place):
    partner = await place.partner()

    response = await call(place, await place.bearer(partner))

    told = place.told()
    assert response.status_code == 200
    assert (told.kind, told.id, told.client) == (Kind.SERVICE, UUID(partner.id), partner.id)
    assert (told.scopes, told.union_path) == (frozenset({WRITE, HOOKS}), TOWN_PATH)
    assert response.headers["ratelimit-policy"] == '"client";q=600;w=60'


async def test_an_oauth_library_finds_the_endpoint_and_gets_a_token(place):
    partner = await place.partner(key=ECKey.generate_key())
    metadata = await place.client.get("/.well-known/oauth-authorization-server", headers=HOST)
    endpoint = metadata.json()["token_endpoint"]
    claims = {"exp": int(time.time()) + 60}
    method = PrivateKeyJWT(endpoint, claims, alg="ES256")

    async with AsyncOAuth2Client(
        client_id=partner.id,
        client_secret=partner.key,
        token_endpoint_auth_method="private_key_jwt",
        headers=HOST,
    ) as library:
        library.register_client_auth_method(method)
        local = endpoint.replace(PUBLIC_URL, str(place.client.base_url).rstrip("/"))
        token = await library.fetch_token(local, grant_type="client_credentials", scope=WRITE)

    response = await call(place, {"Authorization": f"Bearer {token['access_token']}"})
    assert (token["token_type"], token["scope"]) == ("Bearer", WRITE)
    assert metadata.json()["issuer"] == PUBLIC_URL
    assert response.status_code == 200
    assert place.told().scopes == frozenset({WRITE})


async def test_a_refusal_of_the_token_endpoint_passes_the_gateway_as_oauth_has_it(place):
    partner = await place.partner()

    response = await place.token(Partner(partner.id, PUBLIC_URL))

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/json"
    assert response.json()["error"] == "invalid_client"


@pytest.mark.parametrize("end", ["suspend", "revoke"])
async def test_tokens_of_a_suspended_client_and_of_a_revoked_key_die_within_a_second(place, end):
    partner = await place.partner()
    headers = await place.bearer(partner)
    detail = await place.as_staff("GET", f"/clients/{partner.id}", SUN)
    path, version = f"/clients/{partner.id}", detail.headers["etag"]
    key = next(key for key in detail.json()["keys"] if key["algorithm"] == "Ed25519")

    before = await call(place, headers)
    if end == "suspend":
        reason = {"reason": "异常调用"}
        done = await place.as_staff("PUT", f"{path}/suspension", ZHOU, reason, If_Match=version)
    else:
        done = await place.as_staff("DELETE", f"{path}/keys/{key['id']}", SUN, If_Match=version)
    await asyncio.sleep(0.9)

    assert (before.status_code, done.status_code) == (200, 204)
    assert (await call(place, headers)).status_code == 401
    assert (await place.signed(partner)).status_code == 401
    assert (await place.token(partner)).status_code == 401


async def test_a_signed_request_needs_no_token(place):
    partner = await place.partner()

    response = await place.signed(partner, b'{"items": []}')

    assert response.status_code == 200
    assert place.membership.last["body"] == b'{"items": []}'
    assert (place.told().id, place.told().auth) == (UUID(partner.id), "signature")


async def test_a_signed_request_is_received_once_by_all_gateways_together(
    database, keys_dir, tmp_path
):
    async with open_place(database, keys_dir, tmp_path, gateways=2) as place:
        partner = await place.partner()
        headers = HOST | partner.sign(now(), "POST", PUBLIC_URL + PATH, b"{}")
        urls = [f"http://127.0.0.1:{port}{PATH}" for port in place.ports[1:]] * 4
        async with httpx.AsyncClient() as client:
            answers = await asyncio.gather(
                *(client.post(url, content=b"{}", headers=headers) for url in urls)
            )

        assert sorted(a.status_code for a in answers) == [200] + [401] * 7
        assert len(place.membership.heard) == 1


async def test_a_nonce_is_remembered_across_a_restart_of_the_gateway(place):
    partner = await place.partner()
    headers = HOST | partner.sign(now(), "POST", PUBLIC_URL + PATH, b"{}")
    first = await call(place, headers)

    async with serving(place.settings) as (_, port):
        again = await place.client.post(
            f"http://127.0.0.1:{port}{PATH}", content=b"{}", headers=headers
        )

    assert (first.status_code, again.status_code) == (200, 401)


FAULTY = {
    "too old": {"created": -301},
    "in the future": {"created": 62},
    "expired": {"expires": -1},
    "other tag": {"tag": "union-v2"},
    "no tag": {"tag": None},
    "no nonce": {"nonce": None},
    "short nonce": {"nonce": "1"},
    "no created": {"created": None},
    "no key": {"keyid": None},
    "unknown key": {"keyid": "somebody"},
    "other algorithm": {"alg": "rsa-v1_5-sha256"},
    "unknown parameter": {"because": "x"},
    "method not covered": {"covered": COVERED[1:]},
    "address not covered": {"covered": ("@method", "content-type", "content-digest")},
    "digest not covered": {"covered": COVERED[:3]},
    "type not covered": {"covered": ("@method", "@target-uri", "content-digest")},
}


def faulty(partner, name, body=b"{}"):
    changed = dict(FAULTY[name])
    for when in ("created", "expires"):
        if isinstance(changed.get(when), int):
            changed[when] += int(now().timestamp())
    return partner.sign(now(), "POST", PUBLIC_URL + PATH, body, **changed)


async def test_every_faulty_signature_gets_one_neutral_answer_and_a_row(place):
    partner = await place.partner()
    good = partner.sign(now(), "POST", PUBLIC_URL + PATH, b"{}")
    stranger = replace(partner, key=Partner("", "").key)
    forged = stranger.sign(now(), "POST", PUBLIC_URL + PATH, b"{}", keyid=partner.kid)
    twice = {
        name: f"{value}, {value.replace('sig1', 'sig2')}"
        for name, value in good.items()
        if name.startswith("Signature")
    }

    answers = {name: await call(place, faulty(partner, name)) for name in FAULTY}
    answers |= {
        "wrong key": await call(place, forged),
        "two signatures": await call(place, good | twice),
        "other body": await call(place, good, b"{ }"),
        "other method": await call(place, good, method="PUT"),
        "other address": await call(place, good, path=PATH + "?x=1"),
        "no signature": await call(place, {n: v for n, v in good.items() if n != "Signature"}),
        "no input": await call(place, {n: v for n, v in good.items() if n != "Signature-Input"}),
        "no digest": await call(place, {n: v for n, v in good.items() if n != "Content-Digest"}),
    }

    assert {name: a.status_code for name, a in answers.items() if a.status_code != 401} == {}
    assert {a.json()["detail"] for a in answers.values()} == {NEUTRAL}
    assert place.membership.heard == []
    rules = {"covered", "digest", "input", "key", "nonce"}
    rules |= {"parameters", "signature", "tag", "time"}
    assert await broken_rules(place, rules) == rules


async def test_a_message_with_a_shared_secret_is_received_once(place):
    partner = await place.partner()
    headers = partner.seal(now(), b'{"items": []}')

    first = await call(place, headers, b'{"items": []}')
    again = await call(place, headers, b'{"items": []}')

    assert (first.status_code, again.status_code) == (200, 401)
    assert place.told().id == UUID(partner.id)


async def test_every_faulty_message_gets_the_same_neutral_answer(place):
    partner = await place.partner()
    good, at = partner.seal(now(), b"{}"), int(now().timestamp())
    other = replace(partner, secret="whsec_" + "A" * 43 + "=").seal(now(), b"{}")

    answers = {
        "old": await call(place, partner.seal(now() - timedelta(seconds=302), b"{}")),
        "early": await call(place, partner.seal(now() + timedelta(seconds=303), b"{}")),
        "wrong secret": await call(place, other),
        "other body": await call(place, good, b"{ }"),
        "other id": await call(place, good | {"Webhook-Id": "msg_somebody"}),
        "other time": await call(place, good | {"Webhook-Timestamp": str(at - 1)}),
        "no id": await call(place, good | {"Webhook-Id": ""}),
        "no number": await call(place, good | {"Webhook-Timestamp": "now"}),
        "two": await call(
            place, good | {"Webhook-Signature": " ".join([good["Webhook-Signature"]] * 2)}
        ),
        "v2": await call(place, good | {"Webhook-Signature": "v2,AAAA"}),
        "stranger": await call(place, good | {"Client-Id": str(UUID(int=5))}),
        "no client": await call(place, good | {"Client-Id": "shunlu"}),
    }

    assert {name: a.status_code for name, a in answers.items() if a.status_code != 401} == {}
    assert {a.json()["detail"] for a in answers.values()} == {NEUTRAL}
    assert place.membership.heard == []


async def test_whoever_has_to_sign_needs_the_token_and_the_signature(place):
    hotline = await place.partner(replace(TERMS, requires_signature=True))
    other = await place.partner()
    token = await place.bearer(hotline)
    body = b"{}"

    answers = {
        "token only": await call(place, token),
        "both": await call(place, token | hotline.seal(now(), body)),
        "both, by key": await call(
            place, token | hotline.sign(now(), "POST", PUBLIC_URL + PATH, body)
        ),
        "another's signature": await call(place, token | other.seal(now(), body)),
    }

    assert {name: a.status_code for name, a in answers.items()} == {
        "token only": 401,
        "both": 200,
        "both, by key": 200,
        "another's signature": 401,
    }


async def test_a_client_calls_from_its_own_addresses_whatever_it_says(place):
    elsewhere = await place.partner(replace(TERMS, allow_list=("203.0.113.0/28",)))
    here = await place.partner(replace(TERMS, allow_list=("127.0.0.0/8",)))
    said = {"X-Forwarded-For": "203.0.113.7"}

    token = await call(place, await place.bearer(elsewhere) | said)
    signed = await place.signed(elsewhere, b"{}", **said)

    assert (token.status_code, token.json()["type"]) == (403, "/problems/address-refused")
    assert (signed.status_code, signed.json()["detail"]) == (401, NEUTRAL)
    assert (await call(place, await place.bearer(here))).status_code == 200


async def test_a_trusted_proxy_tells_from_where_a_client_calls(database, keys_dir, tmp_path):
    proxies = {"trusted_proxies": ("127.0.0.1/32",)}
    async with open_place(database, keys_dir, tmp_path, **proxies) as place:
        partner = await place.partner(replace(TERMS, allow_list=("203.0.113.0/28",)))
        headers = await place.bearer(partner)

        inside = await call(place, headers | {"X-Forwarded-For": "203.0.113.7"})
        outside = await call(place, headers | {"X-Forwarded-For": "203.0.113.7, 198.51.100.9"})

    assert (inside.status_code, outside.status_code) == (200, 403)


async def test_each_client_has_its_own_limit_and_is_told_of_it(place):
    busy, calm = await place.partner(replace(TERMS, per_minute=3)), await place.partner()
    headers = await place.bearer(busy)

    answers = [await call(place, headers) for _ in range(4)]

    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"client";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"client";r=2;')
    assert int(answers[3].headers["retry-after"]) >= 1
    assert (await call(place, await place.bearer(calm))).status_code == 200


async def test_one_client_cannot_starve_another(place):
    """A client whose calls hang holds its own places and nobody else's (OVR-04)."""
    greedy = await place.partner(replace(TERMS, concurrent=3))
    modest = await place.partner()
    free = asyncio.Event()

    async def hang(request):
        await free.wait()
        raise ConnectionResetError

    place.membership.answers["/v1/slow"] = hang
    headers = await place.bearer(greedy)
    slow = [
        asyncio.create_task(call(place, headers, path="/api/membership/v1/slow")) for _ in range(8)
    ]
    await asyncio.sleep(0.3)

    response = await call(place, await place.bearer(modest))
    turned_away = [task.result().status_code for task in slow if task.done()]
    free.set()
    await asyncio.gather(*slow)

    assert response.status_code == 200
    assert turned_away == [429] * 5
    assert (await call(place, headers)).status_code == 200


async def test_a_large_signed_request_is_refused_before_it_is_read(place):
    partner = await place.partner()

    response = await place.signed(partner, b"x" * 66_000, "/api/membership/v1/members")

    assert response.status_code == 413
    assert place.membership.heard == []
