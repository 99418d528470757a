"""What the gateway asks of identity, in its own name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import aiohttp

from services.chassis.edge.assertions import SigningKey, service_actor, sign_actor
from services.chassis.edge.breaker import Breaker
from services.chassis.edge.budget import within
from services.chassis.edge.peers import Peer

SECONDS = 3.0
TITLE = "登录服务"
# Endings have to be known within a second of identity's return, so its rest is a short one.
FEED_REST = 0.4


@dataclass(frozen=True, slots=True)
class Ended:
    """Sessions that ended, where to go on reading, and the version of the clients' directory."""

    sessions: tuple[UUID, ...]
    next: str
    directory: int


class Identity:
    """What identity answers to the gateway; most of it is routed for nobody outside."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        key: SigningKey,
        now: Callable[[], datetime],
    ) -> None:
        self._key = key
        self._now = now
        self._asked = Peer("identity", base_url, session, title=TITLE)
        self._feed = Peer("identity", base_url, session, Breaker(rest=FEED_REST), TITLE)

    async def exchange(self, secret: str) -> str:
        """A user token for a browser's session; Unauthenticated or NotFound when it is over."""
        answer = await self._asked.post(
            "/v1/session-exchanges",
            actor_token=self._token(),
            json={"session": secret},
            deadline=within(SECONDS),
        )
        return str(answer.json["access_token"])

    async def revocations(self, after: str) -> Ended:
        """What ended after a cursor; the first look has none."""
        query = f"?after={quote(after, safe='')}" if after else ""
        answer = await self._feed.get(
            f"/v1/revocations{query}", actor_token=self._token(), deadline=within(SECONDS)
        )
        items = tuple(UUID(str(item["sid"])) for item in answer.json["items"])
        directory = int(answer.json.get("directory", 0))
        return Ended(items, str(answer.json["next"]), directory)

    async def clients(self) -> dict[str, Any]:
        """Every client that may call, as identity tells it."""
        answer = await self._feed.get(
            "/v1/client-directory", actor_token=self._token(), deadline=within(SECONDS)
        )
        told: dict[str, Any] = answer.json
        return told

    async def use_nonce(self, client: UUID, nonce: str) -> None:
        """Raises Conflict when somebody has used it before."""
        await self._asked.post(
            "/v1/nonces",
            actor_token=self._token(),
            json={"client_id": str(client), "nonce": nonce},
            deadline=within(SECONDS),
        )

    async def user_keys(self) -> Any:
        """The keys that user tokens are signed with: a JWK Set."""
        answer = await self._feed.get(
            "/v1/jwks", actor_token=self._token(), deadline=within(SECONDS)
        )
        return answer.json

    async def report(self, items: list[dict[str, Any]]) -> None:
        """Hand over what was refused at the door, for the audit."""
        await self._asked.post(
            "/v1/gateway-refusals",
            actor_token=self._token(),
            json={"items": items},
            deadline=within(SECONDS),
        )

    def _token(self) -> str:
        return sign_actor(self._key, service_actor("gateway"), "identity", self._now())
