"""What the pages ask identity about logging in through an identity provider."""

import asyncio
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from frontend.clients.gateway import Gateway
from frontend.session import Visit, visit_of
from services.chassis.kernel.refusals import Refusal

_BASE = "/identity/v1"
# The page with the password does not wait for the button beside it.
GLANCE = 0.4
NONE = {"is_configured": False, "label": "", "is_available": False, "needs_code": True}


class Providers:
    """The identity provider as this visitor meets it."""

    def __init__(self, gateway: Gateway, visit: Visit) -> None:
        self._gateway = gateway
        self._visit = visit

    async def one(self) -> Any:
        """A page that only offers the button does without it when nobody can tell."""
        try:
            async with asyncio.timeout(GLANCE):
                return await self._ask("GET", "/identity-provider")
        except (Refusal, TimeoutError):
            return NONE

    async def leave(self) -> Any:
        return await self._ask("POST", "/provider-log-ins")

    async def leave_to_link(self, body: dict[str, Any]) -> Any:
        return await self._ask("POST", "/me/provider-link", body)

    async def come_back(self, attempt: str, state: str, code: str) -> Any:
        body = {"attempt": attempt, "state": state, "code": code}
        return await self._ask("POST", "/provider-answers", body)

    async def log_in(self, attempt: str, code: str | None = None) -> Any:
        body = {"attempt": attempt} | ({"code": code} if code is not None else {})
        return await self._ask("POST", "/staff-sessions/provider", body)

    async def my_link(self) -> Any:
        return await self._ask("GET", "/me/provider-link")

    async def unlink(self) -> None:
        await self._ask("DELETE", "/me/provider-link")

    async def _ask(self, method: str, path: str, json: Any = None) -> Any:
        return (await self._gateway.ask(self._visit, method, _BASE + path, json=json)).body


def providers(request: Request) -> Providers:
    return Providers(request.app.state.gateway, visit_of(request))


ProvidersApi = Annotated[Providers, Depends(providers)]
