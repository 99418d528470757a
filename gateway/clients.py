"""Which other systems may call: identity's directory, read again whenever it changed."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.identity import Identity
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import Unavailable

ED25519 = "Ed25519"
SECRET_PREFIX = "whsec_"  # noqa: S105 -- how Standard Webhooks marks a secret, not a secret


@dataclass(frozen=True, slots=True)
class Span:
    """When a key or a secret counts, in seconds since 1970."""

    begins: float
    ends: float

    def holds(self, at: float) -> bool:
        return self.begins <= at < self.ends


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """An Ed25519 key and its time."""

    key: Ed25519PublicKey
    span: Span


@dataclass(frozen=True, slots=True)
class Secret:
    """A shared secret and its time."""

    value: bytes
    span: Span


@dataclass(frozen=True, slots=True)
class Client:
    """Another system: as whom it acts, from where, how often, and how it proves itself."""

    actor: Actor
    networks: tuple[IPv4Network | IPv6Network, ...]
    per_minute: int
    concurrent: int
    requires_signature: bool
    keys: dict[str, VerifyingKey]
    secrets: tuple[Secret, ...]

    @property
    def id(self) -> UUID:
        return self.actor.id


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a request, and the word in it that may come only once."""

    client: Client
    nonce: str


class Clients:
    """The directory as it was read last; while identity is away it stays what it was."""

    def __init__(self, identity: Identity, now: Callable[[], datetime]) -> None:
        self._identity = identity
        self._now = now
        self._by_id: dict[UUID, Client] = {}
        self._by_kid: dict[str, Client] = {}
        self.version = 0

    async def heed(self, version: int) -> None:
        """Read the directory when identity has a newer one."""
        if version == self.version:
            return
        told = await self._identity.clients()
        clients = [_client(entry) for entry in told["entries"]]
        self._by_id = {client.id: client for client in clients}
        self._by_kid = {kid: client for client in clients for kid in client.keys}
        self.version = int(told["version"])

    def require_read(self) -> None:
        """Refuse to judge anybody before the first answer."""
        if not self.version:
            raise Unavailable("系统正在启动，请几秒后再试。", retry_after=2)

    def find(self, client_id: UUID) -> Client | None:
        return self._by_id.get(client_id)

    def with_key(self, kid: str) -> Client | None:
        return self._by_kid.get(kid)

    def named(self, text: str) -> Client | None:
        """The client whose id a header names, in its one spelling."""
        try:
            client_id = UUID(text)
        except ValueError:
            return None
        return self._by_id.get(client_id) if str(client_id) == text else None

    def at(self) -> float:
        return self._now().timestamp()


def _client(entry: dict[str, Any]) -> Client:
    client_id = UUID(entry["id"])
    keys = {key["kid"]: _key(key) for key in entry["keys"] if _is_ed25519(key)}
    secrets = (_secret(key) for key in entry["keys"] if key["secret"])
    return Client(
        actor=Actor(
            Kind.SERVICE,
            client_id,
            name=str(entry["name"]),
            union_id=UUID(entry["union_id"]),
            union_path=str(entry["union_path"]),
            union_name=str(entry["union_name"]),
            client=str(client_id),
            auth="signature",
            session=UUID(entry["token_family"]),
            scopes=frozenset(entry["scopes"]),
        ),
        networks=tuple(ip_network(network) for network in entry["allow_list"]),
        per_minute=int(entry["per_minute"]),
        concurrent=int(entry["concurrent"]),
        requires_signature=bool(entry["requires_signature"]),
        keys=keys,
        secrets=tuple(secrets),
    )


def _is_ed25519(key: dict[str, Any]) -> bool:
    return key["jwk"] is not None and key["jwk"].get("alg") == ED25519


def _key(key: dict[str, Any]) -> VerifyingKey:
    return VerifyingKey(Ed25519PublicKey.from_public_bytes(_url_bytes(key["jwk"]["x"])), _span(key))


def _secret(key: dict[str, Any]) -> Secret:
    text = str(key["secret"]).removeprefix(SECRET_PREFIX)
    return Secret(base64.b64decode(text), _span(key))


def _span(key: dict[str, Any]) -> Span:
    ends = key["expires_at"]
    return Span(
        datetime.fromisoformat(key["not_before"]).timestamp(),
        datetime.fromisoformat(ends).timestamp() if ends else float("inf"),
    )


def _url_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
