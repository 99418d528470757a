"""What a browser keeps for us between two pages: nobody can read or change it on the device."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import Request
from starlette.responses import Response

from frontend.session import keep
from services.chassis.kernel.clock import utc_now

# A journey that is older is begun anew.
_LIFETIME = 12 * 3600
_NONCE = 12


def keep_sealed(request: Request, response: Response, name: str, value: Mapping[str, Any]) -> None:
    """Have the browser bring ``value`` back with its next requests."""
    plain = orjson.dumps({"at": int(utc_now().timestamp()), "value": value})
    nonce = token_bytes(_NONCE)
    keep(
        response,
        name,
        urlsafe_b64encode(nonce + _box(request, name).encrypt(nonce, plain, None)).decode(),
    )


def read_sealed(request: Request, name: str) -> dict[str, Any]:
    """What was kept; nothing if it is too old, from another key, or was tampered with."""
    try:
        raw = urlsafe_b64decode(request.cookies.get(name, ""))
        found = orjson.loads(_box(request, name).decrypt(raw[:_NONCE], raw[_NONCE:], None))
    except (InvalidTag, ValueError):
        return {}
    if utc_now().timestamp() - found["at"] > _LIFETIME:
        return {}
    value: dict[str, Any] = found["value"]
    return value


def drop_sealed(response: Response, name: str) -> None:
    """It is no longer needed."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def _box(request: Request, name: str) -> AESGCM:
    secret: bytes = request.app.state.secret
    return AESGCM(hmac.new(secret, b"sealed:" + name.encode(), sha256).digest())
