"""Assertions heard a moment ago: a signature is verified once, its end looked at each time.

The gateway uses an assertion again for some seconds, and verifying one costs as much as all else
that a service does around a small read.
"""

from datetime import datetime
from hashlib import sha256

from services.chassis.edge.assertions import Keys, expiry, kid_of, read_actor
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Unauthenticated

CAPACITY = 5_000


class Heard:
    """Reads actor assertions made for ``audience``; keeps a bounded number, by their hash."""

    def __init__(self, trust: Keys, audience: str) -> None:
        self._trust = trust
        self._audience = audience
        self._known: dict[bytes, tuple[Actor, float, str]] = {}

    def actor(self, token: str, now: datetime) -> Actor:
        """Whom the token speaks for; raises Unauthenticated as ``read_actor`` does."""
        digest = sha256(token.encode("latin-1", "replace")).digest()
        known = self._known.get(digest)
        if known is None:
            actor = read_actor(token, self._trust, self._audience, now)
            known = actor, expiry(token), kid_of(token)
            while len(self._known) >= CAPACITY:
                del self._known[next(iter(self._known))]
            self._known[digest] = known
        actor, end, kid = known
        if now.timestamp() >= end or self._trust.find(kid) is None:
            # It is over, or its key was taken back meanwhile.
            del self._known[digest]
            raise Unauthenticated("登录已过期，请重新登录。")
        return actor
