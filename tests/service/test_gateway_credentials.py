"""Only what identity vouches for is believed, and only until identity ends it."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.chassis.edge.assertions import SigningKey, sign_actor, sign_client, sign_user
from services.chassis.kernel.actors import ANONYMOUS, Actor, actor_facts
from tests.partner import Partner
from tests.service.gateway_rig import Rig, clerk, rig

Claims = dict[str, Any]
SECRET = "s" * 43


def part(document: object) -> str:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(**changed: Any) -> Claims:
    now = int(time.time())
    told = actor_facts(clerk()) | {"iss": "identity", "aud": "gateway", "iat": now, "nbf": now}
    return told | {"exp": now + 600} | changed


def signed(here: Rig, by: str, body: Claims, **header: Any) -> str:
    key = here.keys[by].key
    head = {"alg": "Ed25519", "typ": "at+jwt", "kid": by} | header
    unknown = set(head) - {"alg", "typ", "kid"}
    if not unknown:
        return jwt.encode(head, body, key, algorithms=["Ed25519"])
    return by_hand(here, by, part(head), part(body))


def by_hand(here: Rig, by: str, head: str, body: str) -> str:
    private: Any = here.keys[by].key.private_key
    signature = private.sign(f"{head}.{body}".encode())
    return f"{head}.{body}.{part(signature)}"


def hmac_with_public_key(here: Rig) -> str:
    public = here.keys["identity"].key.as_pem(private=False)
    text = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'identity'})}.{part(claims())}"
    return f"{text}.{part(hmac.new(public, text.encode(), sha256).digest())}"


def stranger(here: Rig) -> str:
    key = SigningKey("identity", OKPKey.generate_key("Ed25519", {"kid": "identity"}))
    return sign_user(key, clerk(), datetime.now(UTC))


def tampered(here: Rig) -> str:
    head, body, signature = here.token(clerk()).split(".")
    text = base64.urlsafe_b64decode(body + "==").replace(b'"clerk"', b'"judge"')
    return f"{head}.{part(text)}.{signature}"


def repeated_claim(here: Rig) -> str:
    body = json.dumps(claims())[:-1] + ', "aud": "gateway"}'
    head = {"alg": "Ed25519", "typ": "at+jwt", "kid": "identity"}
    return by_hand(here, "identity", part(head), part(body.encode()))


def repeated_header(here: Rig) -> str:
    head = b'{"alg":"none","alg":"Ed25519","typ":"at+jwt","kid":"identity"}'
    return by_hand(here, "identity", part(head), part(claims()))


def without(name: str) -> Callable[[Rig], str]:
    def make(here: Rig) -> str:
        body = claims()
        del body[name]
        return signed(here, "identity", body)

    return make


def none(here: Rig) -> str:
    return f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': 'identity'})}.{part(claims())}."


def id_token() -> Claims:
    """What an identity provider says of somebody who logged in: no leave to call anything."""
    now = int(time.time())
    told = {"iss": "identity", "sub": str(clerk().id), "aud": "gateway", "nonce": "n"}
    return told | {"iat": now, "nbf": now, "exp": now + 600, "auth_time": now}


NOW = int(time.time())
FORGED: dict[str, Callable[[Rig], str]] = {
    "none": none,
    "hmac with the public key": hmac_with_public_key,
    "signed by a stranger": stranger,
    "tampered": tampered,
    "no signature": lambda here: here.token(clerk()).rsplit(".", 1)[0] + ".",
    "expired": lambda here: signed(here, "identity", claims(exp=NOW - 1)),
    "not yet": lambda here: signed(here, "identity", claims(nbf=NOW + 3600)),
    "for a service": lambda here: signed(here, "identity", claims(aud="membership")),
    "for many": lambda here: signed(here, "identity", claims(aud=["gateway", "membership"])),
    "issued by membership": lambda here: signed(here, "membership", claims(iss="membership")),
    "signed by membership": lambda here: signed(here, "membership", claims()),
    "signed by the frontend": lambda here: signed(here, "frontend", claims(iss="frontend")),
    "unknown kid": lambda here: signed(here, "identity", claims(), kid="somebody"),
    "kid as a path": lambda here: signed(here, "identity", claims(), kid="../../dev/null"),
    "kid of no text": lambda here: signed(here, "identity", claims(), kid=7, x=1),
    "plain jwt": lambda here: signed(here, "identity", claims(), typ="JWT"),
    "an actor assertion": lambda here: sign_actor(
        here.keys["identity"], clerk(), "gateway", datetime.now(UTC)
    ),
    "a client assertion": lambda here: sign_client(here.keys["frontend"], datetime.now(UTC)),
    "an id token": lambda here: signed(here, "identity", id_token(), typ="JWT"),
    "an id token by another name": lambda here: signed(here, "identity", id_token()),
    "a client's own proof": lambda here: Partner("client", "gateway").assertion(datetime.now(UTC)),
    "jku": lambda here: signed(here, "identity", claims(), jku="http://evil.test/keys"),
    "x5u": lambda here: signed(here, "identity", claims(), x5u="http://evil.test/cert"),
    "own jwk": lambda here: signed(here, "identity", claims(), jwk={"kty": "OKP"}),
    "crit": lambda here: signed(here, "identity", claims(), crit=["b64"], b64=False),
    "repeated claim": repeated_claim,
    "repeated header": repeated_header,
    "without exp": without("exp"),
    "without nbf": without("nbf"),
    "without aud": without("aud"),
    "without sub": without("sub"),
    "exp as text": lambda here: signed(here, "identity", claims(exp="9999999999"), typ="at+jwt"),
    "unknown role": lambda here: signed(here, "identity", claims(roles=["emperor"])),
    "no json": lambda here: by_hand(here, "identity", part(b"{"), part(claims())),
    "deep json": lambda here: part(b'{"a":' * 1500) + "." + part(claims()) + ".x",
    "empty parts": lambda here: "..",
    "one part": lambda here: "x",
    "four parts": lambda here: here.token(clerk()) + ".x",
    "very long": lambda here: "a" * 20000,
}


async def test_forged_tokens_are_all_refused_alike_before_any_service(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for name, forge in FORGED.items():
            headers = {"Authorization": f"Bearer {forge(here)}"}
            url = f"{here.url}/api/membership/v1/unions"
            async with here.client.get(url, headers=headers) as answer:
                assert answer.status == 401, name
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                assert (await answer.json())["type"] == "/problems/unauthenticated"

        assert here.membership.heard == []
        assert here.identity.exchanges == 0


@pytest.mark.parametrize("scheme", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer a b", "Token x"])
async def test_other_schemes_are_refused(tmp_path: Path, scheme: str) -> None:
    async with rig(tmp_path) as here:
        url = f"{here.url}/api/membership/v1/unions"
        async with here.client.get(url, headers={"Authorization": scheme}) as answer:
            assert answer.status == 401


async def test_refused_tokens_are_told_to_identity_without_persons(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for _ in range(3):
            url = f"{here.url}/api/membership/v1/unions"
            async with here.client.get(url, headers={"Authorization": "Bearer x"}) as answer:
                assert answer.status == 401
        await asyncio.sleep(0.3)

        (told,) = here.identity.reported
        assert told.pop("since") <= told.pop("until")
        assert told == {
            "code": "unauthenticated",
            "reason": "",
            "service": "membership",
            "status": 401,
            "count": 3,
        }


async def test_session_that_ends_is_refused_within_a_second(tmp_path: Path) -> None:
    person = clerk()
    assert person.session is not None

    async with rig(tmp_path, revocation_pause=0.5) as here:
        headers = here.as_(person)
        url = f"{here.url}/api/membership/v1/unions"
        async with here.client.get(url, headers=headers) as answer:
            assert answer.status == 200
        here.identity.ended.append(person.session)
        ended = time.monotonic()
        while True:
            async with here.client.get(url, headers=headers) as answer:
                if answer.status == 401:
                    break
            await asyncio.sleep(0.02)

        assert time.monotonic() - ended < 10


async def test_token_runs_out_although_it_is_known(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        early = datetime.now(UTC) - timedelta(seconds=598.5)
        headers = {"Authorization": f"Bearer {sign_user(here.keys['identity'], clerk(), early)}"}
        url = f"{here.url}/api/membership/v1/unions"
        async with here.client.get(url, headers=headers) as answer:
            assert answer.status == 200
        await asyncio.sleep(2.5)
        async with here.client.get(url, headers=headers) as answer:
            assert answer.status == 401


async def test_cookie_counts_on_pages_and_never_under_api(tmp_path: Path) -> None:
    person = clerk()
    cookie = {"Cookie": f"theme=big; __Host-session={SECRET}"}

    async with rig(tmp_path) as here:
        here.identity.browsers[SECRET] = here.token(person)
        for path in ("/desk", "/members", "/desk"):
            async with here.client.get(here.url + path, headers=cookie) as answer:
                assert answer.status == 200
        token = here.frontend.last["headers"]["authorization"].removeprefix("Bearer ")
        async with here.client.get(f"{here.url}/api/membership/v1/unions", headers=cookie):
            told = here.told(here.membership)

        assert token == here.identity.browsers[SECRET]
        assert here.identity.exchanges == 1
        assert told == ANONYMOUS
        assert "cookie" not in here.membership.last["headers"]


async def test_ended_browser_session_is_nobody_on_pages(tmp_path: Path) -> None:
    person = clerk()
    assert person.session is not None
    cookie = {"Cookie": f"__Host-session={SECRET}"}

    async with rig(tmp_path) as here:
        here.identity.browsers[SECRET] = here.token(person)
        async with here.client.get(f"{here.url}/desk", headers=cookie):
            assert "authorization" in here.frontend.last["headers"]
        here.identity.ended.append(person.session)
        del here.identity.browsers[SECRET]
        await asyncio.sleep(0.3)
        async with here.client.get(f"{here.url}/desk", headers=cookie) as answer:
            assert answer.status == 200
        assert "authorization" not in here.frontend.last["headers"]


@pytest.mark.parametrize(
    "cookie",
    [
        f"__Host-session={SECRET}; __Host-session={'t' * 43}",
        "__Host-session=",
        "__Host-session=x",
        f"x__Host-session={SECRET}",
        f"__Host-session={'x' * 600}",
    ],
)
async def test_odd_cookies_are_no_credential(tmp_path: Path, cookie: str) -> None:
    async with rig(tmp_path) as here:
        here.identity.browsers[SECRET] = here.token(clerk())
        async with here.client.get(f"{here.url}/desk", headers={"Cookie": cookie}) as answer:
            assert answer.status == 200
        assert here.identity.exchanges == 0
        assert "authorization" not in here.frontend.last["headers"]


async def test_switching_the_union_shows_on_the_very_next_page(tmp_path: Path) -> None:
    person = clerk()
    cookie = {"Cookie": f"__Host-session={SECRET}"}

    async with rig(tmp_path) as here:
        here.identity.browsers[SECRET] = here.token(person)
        async with here.client.get(f"{here.url}/desk", headers=cookie):
            old = here.frontend.last["headers"]["authorization"]
        url = f"{here.url}/api/identity/v1/me/acting-union"
        headers = {"Authorization": old} | here.as_frontend()
        changed = Actor(person.kind, person.id, name="换", session=person.session)
        here.identity.browsers[SECRET] = here.token(changed)
        async with here.client.put(url, headers=headers, json={}) as answer:
            assert answer.status == 200
        async with here.client.get(f"{here.url}/desk", headers=cookie):
            new = here.frontend.last["headers"]["authorization"]

        assert new == f"Bearer {here.identity.browsers[SECRET]}"


async def test_page_goes_on_with_a_known_token_while_identity_is_away(tmp_path: Path) -> None:
    gone = {"identity": "http://127.0.0.1:9"}
    cookie = {"Cookie": f"__Host-session={SECRET}", "Accept": "text/html"}

    async with rig(tmp_path, services=gone) as here:
        async with here.client.get(f"{here.url}/join") as answer:
            assert answer.status == 200
        async with here.client.get(f"{here.url}/desk", headers=cookie) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "5"
            assert "登录服务暂时不可用" in await answer.text()
        url = f"{here.url}/api/membership/v1/unions"
        async with here.client.get(url, headers=here.as_(clerk())) as answer:
            assert answer.status == 503
        async with here.client.get(f"{here.url}/readyz") as answer:
            assert answer.status == 503


INNER = {
    "X-Actor": "admin",
    "X-Actor-Id": "1",
    "X-Deadline-Ms": "999999",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Real-Ip": "203.0.113.7",
    "Forwarded": "for=203.0.113.7",
    "X-Client-Assertion": "made-up",
    "X-Original-Url": "/v1/admin",
    "X-Http-Method-Override": "DELETE",
    "Proxy-Authorization": "Basic x",
    "Te": "trailers",
    "Cookie": "a=b",
}


async def test_inner_headers_of_a_client_stay_outside(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        url = f"{here.url}/api/membership/v1/unions"
        async with here.client.get(url, headers=INNER) as answer:
            assert answer.status == 200
        heard = here.membership.last["headers"]

        assert heard["x-forwarded-for"] == "127.0.0.1"
        assert heard["x-forwarded-host"] == "niangjia.test"
        assert heard["x-forwarded-proto"] == "http"
        assert heard["x-deadline-ms"] == "10000"
        left = {name.lower() for name in INNER} & set(heard)
        assert left == {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-deadline-ms"}


async def test_authorization_of_a_browser_is_no_credential_for_pages(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        async with here.client.get(f"{here.url}/desk", headers=here.as_(clerk())) as answer:
            assert answer.status == 200
        assert "authorization" not in here.frontend.last["headers"]


async def test_frontend_passes_on_address_language_request_id_and_less_time(
    tmp_path: Path,
) -> None:
    passed = {
        "X-Forwarded-For": "2001:db8::7",
        "Accept-Language": "zh-CN",
        "X-Request-Id": "0123456789abcdef-x",
        "X-Deadline-Ms": "1500",
    }
    person = clerk()

    async with rig(tmp_path) as here:
        headers = passed | here.as_(person) | here.as_frontend()
        url = f"{here.url}/api/membership/v1/unions"
        async with here.client.get(url, headers=headers) as answer:
            assert answer.headers["X-Request-Id"] == "0123456789abcdef-x"
        heard = here.membership.last["headers"]

        assert {name: heard[name.lower()] for name in passed} == passed
        assert here.told(here.membership).client == "frontend"
        assert here.told(here.membership).id == person.id


@pytest.mark.parametrize("given", ["short", "x" * 65, "has space in the id!", "中" * 20])
async def test_odd_request_ids_are_replaced(tmp_path: Path, given: str) -> None:
    async with rig(tmp_path) as here:
        url = f"{here.url}/api/membership/v1/unions"
        async with here.client.get(url, headers={"X-Request-Id": given}) as answer:
            made = answer.headers["X-Request-Id"]

        assert made != given
        assert len(made) == 32
        assert here.membership.last["headers"]["x-request-id"] == made
