"""What the pages ask a service about the webhooks of clients; every service answers alike."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from frontend.clients.gateway import Answer, Gateway
from frontend.session import Visit, visit_of
from services.chassis.kernel.refusals import NotFound

SERVICES = {"membership": "会员服务", "identity": "账号与登录"}


class Webhooks:
    """One service's webhooks as this visitor sees them."""

    def __init__(self, gateway: Gateway, visit: Visit, service: str) -> None:
        self._gateway = gateway
        self._visit = visit
        self._base = f"/{service}/v1/webhooks"

    async def listed(self, **params: str | None) -> Any:
        return (await self._read("", params)).body

    async def one(self, webhook: UUID) -> Answer:
        return await self._read(f"/{webhook}")

    async def deliveries(self, webhook: UUID, **params: str | None) -> Any:
        return (await self._read(f"/{webhook}/deliveries", params)).body

    async def delivery(self, webhook: UUID, delivery: UUID) -> Any:
        return (await self._read(f"/{webhook}/deliveries/{delivery}")).body

    async def set_state(self, webhook: UUID, state: str, key: str, etag: str) -> None:
        await self._send("PUT", f"/{webhook}/state", {"state": state}, key, etag)

    async def replay(self, webhook: UUID, span: Mapping[str, str], key: str) -> None:
        await self._send("POST", f"/{webhook}/replays", dict(span), key)

    async def resend(self, webhook: UUID, delivery: UUID, key: str) -> None:
        await self._send("POST", f"/{webhook}/deliveries/{delivery}/resendings", None, key)

    async def _read(self, path: str, params: Mapping[str, str | None] | None = None) -> Answer:
        given = {name: value for name, value in (params or {}).items() if value}
        return await self._gateway.ask(self._visit, "GET", self._base + path, params=given)

    async def _send(self, method: str, path: str, json: Any, key: str, etag: str = "") -> None:
        await self._gateway.ask(
            self._visit, method, self._base + path, json=json, key=key, etag=etag
        )


def webhooks(request: Request) -> Webhooks:
    """Of the service that the page's address names; a list without one begins with the first."""
    service = request.path_params.get("service", request.query_params.get("service", "membership"))
    if service not in SERVICES:
        raise NotFound("没有这个服务，请检查网址。")
    return Webhooks(request.app.state.gateway, visit_of(request), service)


WebhooksApi = Annotated[Webhooks, Depends(webhooks)]
