"""Who is asking, vouched for by signature: user tokens, actor assertions, client assertions.

All are JWTs signed with Ed25519. The signing key's ``kid`` is the name of the part that signed,
and must equal ``iss``; each kind of token has its own ``typ`` and its own list of issuers, so
that no token can stand in for another.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.chassis.edge.trust import (
    Keys,
    SigningKey,
    Trust,
    load_key,
    load_trust,
    part_of,
    public_keys,
)
from services.chassis.kernel.actors import Actor, Kind, Role, actor_facts, actor_from
from services.chassis.kernel.refusals import Unauthenticated

__all__ = [
    "Keys",
    "SigningKey",
    "Trust",
    "expiry",
    "kid_of",
    "load_key",
    "load_trust",
    "part_of",
    "public_keys",
    "read_actor",
    "read_client",
    "read_user",
    "service_actor",
    "sign_actor",
    "sign_client",
    "sign_user",
]

ALGORITHM = "Ed25519"
ASSERTION_SECONDS = 30
USER_TOKEN_SECONDS = 600
LEEWAY_SECONDS = 5
_HEADER = {"alg", "typ", "kid"}


def kid_of(token: str) -> str:
    """Which key a token says it is signed with: by its own word, nothing is verified."""
    try:
        return str(_header(token)["kid"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def sign_actor(key: SigningKey, actor: Actor, audience: str, now: datetime) -> str:
    """An actor assertion for one service, good for seconds."""
    return _sign(key, "actor+jwt", actor_facts(actor), audience, now, ASSERTION_SECONDS)


def read_actor(token: str, trust: Keys, audience: str, now: datetime) -> Actor:
    """The actor whom the gateway, identity or (for itself) a service vouches for."""
    claims = _read(token, trust, "actor+jwt", audience, now)
    actor = _actor(claims)
    if claims["iss"] in {"gateway", "identity"}:
        return actor
    if actor.kind is Kind.SERVICE and actor.name == claims["iss"]:
        return actor
    raise Unauthenticated("凭证的签发方无权代表此身份。")


def sign_user(
    key: SigningKey,
    actor: Actor,
    now: datetime,
    seconds: int = USER_TOKEN_SECONDS,
    more: Mapping[str, str] | None = None,
) -> str:
    """A user token, whose only audience is the gateway; ``seconds`` may only shorten its life.

    ``more`` are claims for other readers; none of ours takes its meaning from them.
    """
    life = min(seconds, USER_TOKEN_SECONDS)
    return _sign(key, "at+jwt", dict(more or {}) | actor_facts(actor), "gateway", now, life)


def read_user(token: str, keys: Keys, now: datetime) -> Actor:
    """The person behind a user token; only identity issues them."""
    claims = _read(token, keys, "at+jwt", "gateway", now)
    if claims["iss"] != "identity":
        raise Unauthenticated("凭证的签发方不对，请重新登录。")
    return _actor(claims)


def sign_client(key: SigningKey, now: datetime) -> str:
    """The frontend's own credential towards the gateway."""
    return _sign(key, "client+jwt", {"sub": key.part}, "gateway", now, ASSERTION_SECONDS)


def read_client(token: str, trust: Keys, now: datetime) -> str:
    """The part name behind a client assertion."""
    claims = _read(token, trust, "client+jwt", "gateway", now)
    if claims["sub"] != claims["iss"]:
        raise Unauthenticated("客户端凭证无效。")
    return str(claims["sub"])


def service_actor(part: str) -> Actor:
    """A part acting for itself, as it names itself in an assertion that it signs."""
    return Actor(
        Kind.SERVICE,
        UUID(int=2),
        name=part,
        roles=frozenset({Role.SERVICE}),
        client=part,
        auth="signature",
    )


def expiry(token: str) -> float:
    """When a token ends that was read before, in seconds since 1970."""
    payload = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return float(claims["exp"])


def _sign(
    key: SigningKey, kind: str, claims: dict[str, Any], audience: str, now: datetime, seconds: int
) -> str:
    issued = int(now.timestamp())
    header = {"alg": ALGORITHM, "typ": kind, "kid": key.key.kid}
    body = claims | {
        "iss": key.part,
        "aud": audience,
        "iat": issued,
        "nbf": issued,
        "exp": issued + seconds,
    }
    return jwt.encode(header, body, key.key, algorithms=[ALGORITHM])


def _read(token: str, keys: Keys, kind: str, audience: str, now: datetime) -> dict[str, Any]:
    try:
        header = _header(token)
        part = part_of(str(header["kid"]))
        if header["alg"] != ALGORITHM or header["typ"] != kind or set(header) - _HEADER:
            raise Unauthenticated("凭证类型不对，请重新登录。")
        claims = _verified(token, keys.find(str(header["kid"])))
        at = now.timestamp()
        if claims["iss"] != part or claims["aud"] != audience:
            raise Unauthenticated("凭证的签发方或用途不对，请重新登录。")
        fresh = claims["nbf"] - LEEWAY_SECONDS <= at < claims["exp"]
    except (JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated("凭证无效，请重新登录。") from error
    if not fresh:
        raise Unauthenticated("登录已过期，请重新登录。")
    return claims


def _header(token: str) -> dict[str, Any]:
    from_b64 = token.split(".")[0]
    padded = from_b64 + "=" * (-len(from_b64) % 4)
    header = json.loads(urlsafe_b64decode(padded), object_pairs_hook=_without_repeats)
    if not isinstance(header, dict):
        raise ValueError("header is no object")
    return header


def _verified(token: str, key: OKPKey | None) -> dict[str, Any]:
    if key is None:
        raise Unauthenticated("凭证签名无效，请重新登录。")
    jwt.decode(token, key, algorithms=[ALGORITHM])
    payload = token.split(".")[1]
    raw = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    claims = json.loads(raw, object_pairs_hook=_without_repeats)
    if not isinstance(claims, dict):
        raise ValueError("claims are no object")
    return claims


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a claim is given twice")
    return found


def _actor(claims: dict[str, Any]) -> Actor:
    try:
        return actor_from(claims)
    except (KeyError, ValueError, TypeError) as error:
        raise Unauthenticated("凭证内容不完整，请重新登录。") from error
