"""What the pages ask identity about other systems that call."""

from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from frontend.clients.gateway import Answer, Gateway
from frontend.session import Visit, visit_of

_BASE = "/identity/v1/clients"


class Partners:
    """API clients as this visitor sees them."""

    def __init__(self, gateway: Gateway, visit: Visit) -> None:
        self._gateway = gateway
        self._visit = visit

    async def listed(self, after: str | None, limit: int) -> Any:
        params = {"limit": str(limit)} | ({"after": after} if after else {})
        return (await self._gateway.ask(self._visit, "GET", _BASE, params=params)).body

    async def one(self, client_id: str) -> Answer:
        return await self._gateway.ask(self._visit, "GET", f"{_BASE}/{client_id}")

    async def scopes(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = (
            await self._gateway.ask(self._visit, "GET", f"{_BASE}/scopes")
        ).body
        return found

    async def create(self, body: dict[str, Any], key: str) -> Any:
        return (await self._gateway.ask(self._visit, "POST", _BASE, json=body, key=key)).body

    async def add(self, path: str, body: dict[str, Any], key: str) -> Any:
        """Register a key or make a secret."""
        url = f"{_BASE}/{path}"
        return (await self._gateway.ask(self._visit, "POST", url, json=body, key=key)).body

    async def change(
        self, method: str, path: str, body: dict[str, Any] | None, key: str, etag: str
    ) -> None:
        url = f"{_BASE}/{path}"
        await self._gateway.ask(self._visit, method, url, json=body, key=key, etag=etag)


def partners(request: Request) -> Partners:
    """API clients for this visitor."""
    return Partners(request.app.state.gateway, visit_of(request))


PartnersApi = Annotated[Partners, Depends(partners)]
