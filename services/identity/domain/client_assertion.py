"""A client's proof that it holds its key: one signed JWT for one token (RFC 7523)."""

import json
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

from services.identity.domain.client_keys import ED25519, ES256

# RFC 9864 calls "Ed25519" what many libraries still call "EdDSA"; for this curve they are one.
ALGORITHMS = {"Ed25519": ED25519, "EdDSA": ED25519, "ES256": ES256}
LONGEST = 8 * 1024
LONGEST_LIFE = 300.0
LEEWAY = 30.0
_HEADER = {"alg", "kid", "typ"}
_TYPES = {"JWT", "client-authentication+jwt"}
SHORTEST_JTI, LONGEST_JTI = 8, 256


class AssertionRefused(Exception):
    """``str`` says which rule it broke: for the audit, not for the caller."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """What an assertion claims, before any key was looked up."""

    client_id: str
    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def parse_assertion(token: str) -> Unverified:
    """Raises AssertionRefused for what is no JWT, or names an algorithm or a header not listed."""
    parts = token.split(".")
    if len(token) > LONGEST or not token.isascii() or len(parts) != 3:
        raise AssertionRefused("no-jwt")
    header, claims = _object(parts[0]), _object(parts[1])
    if header.keys() - _HEADER or header.get("alg") not in ALGORITHMS:
        raise AssertionRefused("header")
    if str(header.get("typ", "JWT")) not in _TYPES:
        raise AssertionRefused("typ")
    client_id = claims.get("sub")
    if not isinstance(client_id, str) or claims.get("iss") != client_id:
        raise AssertionRefused("iss-sub")
    signed = f"{parts[0]}.{parts[1]}".encode()
    return Unverified(client_id, header, claims, signed, _bytes(parts[2]))


def check_assertion(
    given: Unverified, keys: Iterable[dict[str, Any]], audiences: frozenset[str], now: datetime
) -> float:
    """When the assertion ends; raises AssertionRefused unless one of ``keys`` made it for us."""
    claims, at = given.claims, now.timestamp()
    if _one_audience(claims.get("aud")) not in audiences:
        raise AssertionRefused("aud")
    expires, begins = _instant(claims, "exp"), _instant(claims, "nbf", at)
    issued = _instant(claims, "iat", at)
    if not at - LEEWAY < expires <= at + LONGEST_LIFE + LEEWAY:
        raise AssertionRefused("exp")
    if begins > at + LEEWAY or issued > at + LEEWAY:
        raise AssertionRefused("nbf-iat")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not SHORTEST_JTI <= len(jti) <= LONGEST_JTI:
        raise AssertionRefused("jti")
    if not any(_is_made_by(given, key) for key in keys):
        raise AssertionRefused("signature")
    return expires + LEEWAY


def _is_made_by(given: Unverified, jwk: dict[str, Any]) -> bool:
    """The key says which algorithm it is for; the header has to agree, never to decide."""
    if ALGORITHMS[given.header["alg"]] != jwk["alg"]:
        return False
    if given.header.get("kid", jwk["kid"]) != jwk["kid"]:
        return False
    key = OKPKey.import_key(jwk) if jwk["alg"] == ED25519 else ECKey.import_key(jwk)
    try:
        return JWSRegistry.algorithms[jwk["alg"]].verify(given.signed, given.signature, key)
    except (JoseError, ValueError):
        return False


def _one_audience(given: object) -> str:
    """A list of one is as good as the one; two would let another server use it as well."""
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    return given if isinstance(given, str) else ""


def _instant(claims: dict[str, Any], name: str, otherwise: float | None = None) -> float:
    value = claims.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e11:
        raise AssertionRefused(name)
    return float(value)


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise AssertionRefused("no-json") from error
    if not isinstance(found, dict):
        raise AssertionRefused("no-object")
    return found


def _bytes(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (NotBase64, ValueError) as error:
        raise AssertionRefused("no-base64") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is given twice")
    return found
