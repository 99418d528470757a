"""The browser's cookie: exchanged at identity for a user token, on page routes only."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from gateway.credentials import Credential, Recent, Tokens
from gateway.identity import Identity
from services.chassis.kernel.refusals import NotFound, Refusal, Unauthenticated, Unavailable

COOKIE = "__Host-session"
# Identity sees a session in use once a minute, which is what "idle" is measured by.
FRESH_SECONDS = 60.0
# A page asks with the token that it came with; it must not run out half-way.
MARGIN_SECONDS = 60.0
DEAD_SECONDS = 30.0
# While identity is away it is asked this often, not once for every click.
PATIENCE_SECONDS = 5.0
CAPACITY = 50_000


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What identity said about a cookie: a credential, or that the session is over."""

    credential: Credential | None
    asked_at: float


class Sessions:
    """Remembers exchanges by the cookie's hash until they are old, ended or replaced."""

    def __init__(self, identity: Identity, tokens: Tokens, now: Callable[[], datetime]) -> None:
        self._identity = identity
        self._tokens = tokens
        self._now = now
        self._known: Recent[bytes, Exchanged] = Recent(CAPACITY)
        self._by_session: Recent[UUID, bytes] = Recent(CAPACITY)
        self._asking: dict[bytes, asyncio.Task[Exchanged]] = {}

    def knows(self, secret: str) -> bool:
        """Whether the answer is at hand, so that asking costs identity nothing."""
        known = self._known.get(_digest(secret))
        return known is not None and self._is_fresh(known)

    async def person(self, secret: str) -> Credential | None:
        """Who this browser is, or None when its session is over."""
        digest = _digest(secret)
        known = self._known.get(digest)
        if known is None or not self._is_fresh(known):
            known = await self._ask_once(secret, digest, known)
        if known.credential is None:
            return None
        try:
            return self._tokens.user(known.credential.token)
        except Unauthenticated:
            self._known.put(digest, Exchanged(None, self._now().timestamp()))
            return None

    def forget(self, session: UUID) -> None:
        """Ask identity again next time: the session ended, or acts for another union now."""
        digest = self._by_session.get(session)
        if digest is not None:
            self._known.drop(digest)
            self._by_session.drop(session)

    async def _ask_once(self, secret: str, digest: bytes, old: Exchanged | None) -> Exchanged:
        task = self._asking.get(digest)
        if task is None:
            task = asyncio.create_task(self._exchange(secret, digest, old))
            self._asking[digest] = task
            task.add_done_callback(lambda _: self._asking.pop(digest, None))
        return await asyncio.shield(task)

    async def _exchange(self, secret: str, digest: bytes, old: Exchanged | None) -> Exchanged:
        at = self._now().timestamp()
        credential: Credential | None
        try:
            token = await self._identity.exchange(secret)
            await self._tokens.meet(token)
            credential = self._tokens.user(token)
        except (Unauthenticated, NotFound):
            credential = None
        except Refusal:
            # Identity is away: a token that it gave us, and that still lives, stays good.
            if old is None or old.credential is None or not self._lives(old.credential):
                raise Unavailable("登录服务暂时不可用，请稍后再试。", retry_after=5) from None
            return self._keep(digest, old.credential, at - FRESH_SECONDS + PATIENCE_SECONDS)
        return self._keep(digest, credential, at)

    def _keep(self, digest: bytes, credential: Credential | None, at: float) -> Exchanged:
        exchanged = Exchanged(credential, at)
        self._known.put(digest, exchanged)
        if credential is not None and credential.actor.session is not None:
            self._by_session.put(credential.actor.session, digest)
        return exchanged

    def _is_fresh(self, known: Exchanged) -> bool:
        age = self._now().timestamp() - known.asked_at
        if known.credential is None:
            return age < DEAD_SECONDS
        return age < FRESH_SECONDS and self._lives(known.credential)

    def _lives(self, credential: Credential) -> bool:
        in_time = credential.expires - MARGIN_SECONDS > self._now().timestamp()
        return in_time and self._tokens.honours(credential)


def session_cookie(header: str) -> str:
    """The session's secret in a Cookie header; one that is not sane counts as none."""
    if COOKIE not in header:
        return ""
    given = [
        pair.strip().partition("=")[2]
        for pair in header.split(";")
        if pair.strip().partition("=")[0] == COOKIE
    ]
    if len(given) != 1 or not 16 <= len(given[0]) <= 512 or not given[0].isascii():
        return ""
    return given[0].strip('"')


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
