"""Which keys of a client are accepted, and how each is known."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from services.chassis.kernel.refusals import FieldError, Unprocessable

ED25519 = "Ed25519"
ES256 = "ES256"
HMAC = "HMAC-SHA256"
SECRET_PREFIX = "whsec_"  # noqa: S105 -- how Standard Webhooks marks a secret, not a secret
SECRET_BYTES = 32
LONGEST_KID = 128
MOST_KEYS = 10
_MEMBERS = {("OKP", "Ed25519"): ("kty", "crv", "x"), ("EC", "P-256"): ("kty", "crv", "x", "y")}
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A checked public key: its id, the one algorithm it is for, and its plain members."""

    kid: str
    algorithm: str
    jwk: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Validity:
    """When a key counts; without a beginning it counts at once."""

    not_before: datetime | None = None
    expires_at: datetime | None = None


def public_key(jwk: dict[str, Any]) -> PublicKey:
    """Raises Unprocessable for a private, foreign or damaged key."""
    if _PRIVATE & jwk.keys():
        raise _fault(
            "private-key", "这里面有私钥。私钥请只留在接入方自己的服务器上，并立即更换一对新的。"
        )
    names = _MEMBERS.get((str(jwk.get("kty")), str(jwk.get("crv"))))
    if names is None:
        raise _fault("key-kind", "只接受 Ed25519 或 P-256（ES256）的公钥。")
    try:
        members = {name: jwk[name] for name in names}
        key = (ECKey if "y" in names else OKPKey).import_key(members)
        thumbprint = key.thumbprint()
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _fault("key-damaged", "公钥内容不完整或已损坏，请重新导出。") from error
    kid = _kid(jwk.get("kid", thumbprint))
    algorithm = ES256 if "y" in names else ED25519
    return PublicKey(kid, algorithm, members | {"kid": kid, "alg": algorithm})


def new_hmac_secret() -> str:
    """256 random bits, spelt as Standard Webhooks spells a secret."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_good(not_before: datetime, expires_at: datetime | None, now: datetime) -> bool:
    """Whether a key that was not revoked counts at this instant."""
    return not_before <= now and (expires_at is None or now < expires_at)


def _kid(given: object) -> str:
    if not isinstance(given, str) or not 1 <= len(given) <= LONGEST_KID:
        raise _fault("kid", "密钥标识（kid）应为 1 至 128 个字符。")
    if not all("!" <= letter <= "~" and letter not in '"\\' for letter in given):
        raise _fault("kid", "密钥标识（kid）只能含可见的英文字符。")
    return given


def _fault(code: str, message: str) -> Unprocessable:
    return Unprocessable("公钥不能登记。", [FieldError("/jwk", code, message)])
