"""Another system as its own programmers would build it: its key, its proofs, its signatures."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COVERED = ("@method", "@target-uri", "content-type", "content-digest")


def new_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519")


@dataclass
class Partner:
    """``audience`` is the issuer that the platform publishes."""

    id: str
    audience: str
    key: OKPKey | ECKey = field(default_factory=new_key)
    secret: str = ""

    @property
    def jwk(self) -> dict[str, Any]:
        return dict(self.key.as_dict(private=False))

    @property
    def kid(self) -> str:
        return self.key.thumbprint()

    def assertion(self, now: datetime, header: dict[str, Any] | None = None, **other: Any) -> str:
        """The proof for one token; ``other`` claims replace or (None) remove the usual ones."""
        at = int(now.timestamp())
        usual = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.audience,
            "iat": at,
            "exp": at + 60,
            "jti": uuid4().hex,
        }
        claims = {name: value for name, value in (usual | other).items() if value is not None}
        algorithm = "ES256" if isinstance(self.key, ECKey) else "Ed25519"
        return jwt.encode(
            {"alg": algorithm} | (header or {}), claims, self.key, algorithms=[algorithm]
        )

    def form(self, assertion: str, **other: str) -> str:
        usual = {
            "grant_type": "client_credentials",
            "client_assertion_type": JWT_BEARER,
            "client_assertion": assertion,
        }
        return urlencode({name: value for name, value in (usual | other).items() if value})

    def sign(
        self, now: datetime, method: str, url: str, body: bytes, **other: Any
    ) -> dict[str, str]:
        """The headers of a request signed by RFC 9421; ``other`` parameters replace the usual."""
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        usual = {
            "created": int(now.timestamp()),
            "nonce": secrets.token_urlsafe(16),
            "keyid": self.kid,
            "tag": "union-v1",
        }
        covered = other.pop("covered", COVERED)
        params = " ".join(f'"{name}"' for name in covered)
        for name, value in (usual | other).items():
            if value is not None:
                shown = value if isinstance(value, int) else json.dumps(value)
                params = (
                    f"{params};{name}={shown}" if ")" in params else f"({params});{name}={shown}"
                )
        values = {
            "@method": method,
            "@target-uri": url,
            "content-type": "application/json",
            "content-digest": digest,
        }
        lines = [f'"{name}": {values[name]}' for name in covered]
        base = "\n".join([*lines, f'"@signature-params": {params}'])
        signature = self.key.private_key.sign(base.encode())  # type: ignore[union-attr,call-arg]  # Ed25519 only
        return {
            "Content-Type": "application/json",
            "Content-Digest": digest,
            "Signature-Input": f"sig1={params}",
            "Signature": f"sig1=:{base64.b64encode(signature).decode()}:",
        }

    def seal(self, now: datetime, body: bytes, message: str | None = None) -> dict[str, str]:
        """The headers of a request signed in the manner of Standard Webhooks."""
        message = message or f"msg_{uuid4().hex}"
        at = str(int(now.timestamp()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{message}.{at}.".encode() + body
        made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return {
            "Client-Id": self.id,
            "Webhook-Id": message,
            "Webhook-Timestamp": at,
            "Webhook-Signature": f"v1,{made}",
        }
