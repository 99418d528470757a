"""What the gateway asks of identity, in its own name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import aiohttp
import orjson

from services.chassis.edge.assertions import SigningKey, service_actor, sign_actor
from services.chassis.edge.problems import refusal_from
from services.chassis.kernel.refusals import Unavailable

TIMEOUT = aiohttp.ClientTimeout(total=3, connect=1)


@dataclass(frozen=True, slots=True)
class Ended:
    """Sessions that ended, and where to go on reading."""

    sessions: tuple[UUID, ...]
    next: str


class Identity:
    """A client of three operations that are routed for nobody outside."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        key: SigningKey,
        now: Callable[[], datetime],
    ) -> None:
        self._session = session
        self._base = base_url.rstrip("/") + "/v1"
        self._key = key
        self._now = now

    async def exchange(self, secret: str) -> str:
        """A user token for a browser's session; Unauthenticated or NotFound when it is over."""
        body = await self._ask("POST", "/session-exchanges", {"session": secret})
        return str(body["access_token"])

    async def revocations(self, after: str) -> Ended:
        """What ended after a cursor; the first look has none."""
        params = {"after": after} if after else None
        body = await self._ask("GET", "/revocations", params=params)
        items = tuple(UUID(str(item["sid"])) for item in body["items"])
        return Ended(items, "" if body.get("next") is None else str(body["next"]))

    async def report(self, items: list[dict[str, Any]]) -> None:
        """Hand over what was refused at the door, for the audit."""
        await self._ask("POST", "/gateway-refusals", {"items": items})

    async def _ask(
        self, method: str, path: str, json: Any = None, params: dict[str, str] | None = None
    ) -> Any:
        actor = sign_actor(self._key, service_actor("gateway"), "identity", self._now())
        headers = {"Authorization": f"Bearer {actor}", "Accept": "application/json"}
        data = None
        if json is not None:
            data = orjson.dumps(json)
            headers["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                method, self._base + path, data=data, params=params, headers=headers,
                timeout=TIMEOUT, allow_redirects=False,
            ) as answer:  # fmt: skip
                content = await answer.read()
                body = orjson.loads(content) if content else {}
        except (aiohttp.ClientError, TimeoutError, OSError, orjson.JSONDecodeError) as error:
            raise Unavailable("登录服务暂时不可用，请稍后再试。", retry_after=5) from error
        if answer.status >= 400:
            raise refusal_from(answer.status, body if isinstance(body, dict) else {})
        return body
