"""What an identity provider says about itself and about somebody: believed only when it fits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from services.identity.domain.provider import Provider
from services.identity.domain.provider_refusals import ProviderRefused, ProviderUnavailable

LEEWAY = 60  # seconds by which the provider's clock may differ
PublicKey = RSAKey | ECKey | OKPKey


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the provider is asked what."""

    authorization: str
    token: str
    jwks: str


def endpoints(provider: Provider, document: Mapping[str, Any]) -> Endpoints:
    """From the provider's own document; it may name no other origin than its issuer's."""
    given = provider.endpoints
    if not _are_all(given) and document.get("issuer") != provider.issuer:
        raise ProviderUnavailable
    found = {
        name: given.get(name) or _same_origin(document.get(key), provider.issuer)
        for name, key in (
            ("authorization", "authorization_endpoint"),
            ("token", "token_endpoint"),
            ("jwks", "jwks_uri"),
        )
    }
    return Endpoints(**found)


def is_discovered(provider: Provider) -> bool:
    return not _are_all(provider.endpoints)


def keys_of(document: Mapping[str, Any]) -> dict[str, PublicKey]:
    """The keys with which the provider signs; what cannot be read is left out."""
    found: dict[str, PublicKey] = {}
    listed = document.get("keys")
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict) or one.get("use") == "enc":
            continue
        try:
            (key,) = KeySet.import_key_set({"keys": [one]}).keys
        except (JoseError, ValueError, KeyError, TypeError):
            continue
        if isinstance(key, PublicKey):
            found[str(one.get("kid", ""))] = key
    return found


def verified(
    token: str, key: PublicKey, provider: Provider, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """The claims of an ID token that was made for us, now, and for this attempt."""
    try:
        claims = jwt.decode(token, key, algorithms=list(provider.algorithms)).claims
        audience = claims["aud"]
        audiences = audience if isinstance(audience, list) else [audience]
        is_ours = (
            claims["iss"] == provider.issuer
            and provider.client_id in audiences
            and (len(audiences) == 1 or claims.get("azp") == provider.client_id)
            and compare_digest(str(claims["nonce"]), nonce)
        )
        at = now.timestamp()
        began = max(float(claims["iat"]), float(claims.get("nbf", 0)))
        is_fresh = began - LEEWAY <= at < float(claims["exp"]) + LEEWAY
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise ProviderRefused from error
    if not (is_ours and is_fresh):
        raise ProviderRefused
    return claims


def _same_origin(address: object, issuer: str) -> str:
    if isinstance(address, str):
        one, other = urlsplit(address), urlsplit(issuer)
        if (one.scheme, one.netloc) == (other.scheme, other.netloc):
            return address
    raise ProviderUnavailable


def _are_all(given: Mapping[str, str]) -> bool:
    return {"authorization", "token", "jwks"} <= set(given)
