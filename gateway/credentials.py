"""Who are you: a user token, checked once, then known; and the assertion that services believe."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Generic, TypeVar

from gateway.revocations import Revocations
from services.chassis.edge.assertions import (
    SigningKey,
    Trust,
    expiry,
    kid_of,
    read_client,
    read_user,
    sign_actor,
)
from services.chassis.edge.published import PublishedKeys
from services.chassis.kernel.actors import ANONYMOUS, Actor
from services.chassis.kernel.refusals import Unauthenticated

# An assertion lives 30 s; it is used again for a third of that.
ASSERTION_REUSED_SECONDS = 10.0
MAX_TOKEN = 8 * 1024
CAPACITY = 50_000
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Credential:
    """A person whose token was checked; ``digest`` names the token without being it."""

    actor: Actor
    token: str
    expires: float
    digest: bytes
    kid: str


class Recent(Generic[K, V]):
    """A bounded memory that drops the oldest first."""

    def __init__(self, capacity: int) -> None:
        self._items: dict[K, V] = {}
        self._capacity = capacity

    def get(self, key: K) -> V | None:
        return self._items.get(key)

    def put(self, key: K, value: V) -> None:
        self._items.pop(key, None)
        while len(self._items) >= self._capacity:
            del self._items[next(iter(self._items))]
        self._items[key] = value

    def drop(self, key: K) -> None:
        self._items.pop(key, None)


class Tokens:
    """Checks user and client tokens; a signature is verified once, its end looked at each time."""

    def __init__(
        self,
        trust: Trust,
        keys: PublishedKeys,
        revocations: Revocations,
        now: Callable[[], datetime],
        capacity: int = CAPACITY,
    ) -> None:
        self._trust = trust
        self._keys = keys
        self._revocations = revocations
        self._now = now
        self._users: Recent[bytes, Credential] = Recent(capacity)
        self._by_header: Recent[bytes, Credential] = Recent(capacity)
        self._clients: Recent[bytes, tuple[str, float]] = Recent(1024)

    async def meet(self, token: str) -> None:
        """Before ``user``: learn the key that a token names, where it was not seen before."""
        await self._keys.meet(token)

    def honours(self, credential: Credential) -> bool:
        """Whether the key behind it was not taken back since."""
        return self._keys.find(credential.kid) is not None

    def recall(self, header: bytes) -> Credential | None:
        """The person behind an Authorization header that was honoured before and still would be;
        None says nothing against anybody."""
        known = self._by_header.get(header)
        if known is None:
            return None
        is_good = self._now().timestamp() < known.expires and self.honours(known)
        if not is_good or self._revocations.has_ended(known.actor.session):
            self._by_header.drop(header)
            return None
        return known

    def remember(self, header: bytes, credential: Credential) -> None:
        """So that ``recall`` knows it."""
        self._by_header.put(header, credential)

    def user(self, token: str) -> Credential:
        """The person behind a user token; every fault is the same 401."""
        digest = sha256(token.encode("latin-1", "replace")).digest()
        known = self._users.get(digest)
        if known is None:
            known = self._check(token, digest)
            self._users.put(digest, known)
        if self._now().timestamp() >= known.expires or not self.honours(known):
            self._users.drop(digest)
            raise Unauthenticated("登录已过期，请重新登录。")
        if self._revocations.has_ended(known.actor.session):
            self._users.drop(digest)
            raise Unauthenticated("登录已失效，请重新登录。")
        return known

    def client(self, token: str) -> str | None:
        """The part that speaks for somebody else, or None: a bad word for oneself is no word."""
        digest = sha256(token.encode("latin-1", "replace")).digest()
        at = self._now().timestamp()
        known = self._clients.get(digest)
        if known is None:
            try:
                known = (read_client(_sized(token), self._trust, self._now()), expiry(token))
            except (Unauthenticated, RecursionError, ValueError, KeyError, TypeError):
                return None
            self._clients.put(digest, known)
        part, expires = known
        return part if at < expires else None

    def _check(self, token: str, digest: bytes) -> Credential:
        try:
            actor = read_user(_sized(token), self._keys, self._now())
            return Credential(actor, token, expiry(token), digest, kid_of(token))
        except (RecursionError, ValueError, KeyError, TypeError) as error:
            raise Unauthenticated("凭证无效，请重新登录。") from error


class Assertions:
    """Actor assertions, signed for one service and used again for some seconds."""

    def __init__(self, key: SigningKey, now: Callable[[], datetime]) -> None:
        self._key = key
        self._now = now
        self._made: Recent[tuple[object, ...], tuple[str, float]] = Recent(CAPACITY)

    def of(self, credential: Credential | None, service: str, client: str | None) -> str:
        """What ``service`` is told about the caller; nobody is told as nobody."""
        digest = credential.digest if credential else b""
        # A key that was replaced is not heard of again, so that it can be withdrawn at once.
        key = (digest, service, client, self._key.key.kid)
        at = self._now().timestamp()
        made = self._made.get(key)
        if made is not None and at < made[1]:
            return made[0]
        actor = credential.actor if credential else ANONYMOUS
        signed = sign_actor(self._key, _through(actor, client), service, self._now())
        self._made.put(key, (signed, at + ASSERTION_REUSED_SECONDS))
        return signed


def bearer(header: str) -> str:
    """The token of an Authorization header; any other scheme is refused."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or " " in token:
        raise Unauthenticated("只接受 Bearer 凭证，请重新登录。")
    return token


def _through(actor: Actor, client: str | None) -> Actor:
    return replace(actor, client=client) if client and actor.client is None else actor


def _sized(token: str) -> str:
    if len(token) > MAX_TOKEN or not token.isascii():
        raise Unauthenticated("凭证无效，请重新登录。")
    return token
