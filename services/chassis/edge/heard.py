"""Assertions heard a moment ago: a signature is verified once, its end looked at each time.

The gateway uses an assertion again for some seconds, and verifying one costs as much as all else
that a service does around a small read.
"""

from datetime import datetime
from hashlib import sha256

from services.chassis.edge.assertions import Trust, expiry, read_actor
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Unauthenticated

CAPACITY = 5_000


class Heard:
    """Reads actor assertions made for ``audience``; keeps a bounded number, by their hash."""

    def __init__(self, trust: Trust, audience: str) -> None:
        self._trust = trust
        self._audience = audience
        self._known: dict[bytes, tuple[Actor, float]] = {}

    def actor(self, token: str, now: datetime) -> Actor:
        """Whom the token speaks for; raises Unauthenticated as ``read_actor`` does."""
        digest = sha256(token.encode("latin-1", "replace")).digest()
        known = self._known.get(digest)
        if known is None:
            known = read_actor(token, self._trust, self._audience, now), expiry(token)
            while len(self._known) >= CAPACITY:
                del self._known[next(iter(self._known))]
            self._known[digest] = known
        actor, end = known
        if now.timestamp() >= end:
            del self._known[digest]
            raise Unauthenticated("登录已过期，请重新登录。")
        return actor
