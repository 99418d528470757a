"""Another part believes only what is made out to it: identity makes the assertion out anew."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from services.chassis.edge.assertions import SigningKey, service_actor, sign_actor
from services.chassis.edge.peers import Peer
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Unavailable

PATH = "/v1/assertion-exchanges"
MARGIN = 5.0  # seconds: what is about to expire is not handed on
CAPACITY = 10_000


@dataclass(slots=True)
class Exchange:
    """Turns the assertion that we received into one for a peer; the person stays the same."""

    identity: Peer
    key: SigningKey
    clock: Callable[[], datetime] = utc_now
    _kept: dict[tuple[bytes, str], tuple[str, float]] = field(default_factory=dict)

    async def exchange(self, assertion: str, audience: str) -> str:
        """An assertion for ``audience``, remembered until shortly before it expires."""
        place = (sha256(assertion.encode()).digest(), audience)
        now = self.clock()
        kept = self._kept.get(place)
        if kept is not None and now.timestamp() < kept[1]:
            return kept[0]
        ours = sign_actor(self.key, service_actor(self.key.part), self.identity.name, now)
        asked = {"assertion": assertion, "audience": audience}
        answer = await self.identity.post(PATH, actor_token=ours, json=asked)
        made = answer.json.get("assertion") if isinstance(answer.json, dict) else None
        if not isinstance(made, str):
            raise Unavailable("身份服务的答复无法识别，请稍后再试。")
        self._keep(place, made)
        return made

    def _keep(self, place: tuple[bytes, str], made: str) -> None:
        self._kept.pop(place, None)
        while len(self._kept) >= CAPACITY:
            del self._kept[next(iter(self._kept))]
        self._kept[place] = (made, _expiry(made) - MARGIN)


def _expiry(token: str) -> float:
    """When a token ends, by its own word: enough to forget it, never to believe it."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (IndexError, ValueError, KeyError, TypeError):
        return 0.0
