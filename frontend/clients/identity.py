"""What the pages ask identity: who somebody is, log-ins, accounts and grants."""

from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from frontend.clients.gateway import Answer, Gateway
from frontend.session import Visit, visit_of

_BASE = "/identity/v1"


class Identity:
    """Identity as this visitor sees it."""

    def __init__(self, gateway: Gateway, visit: Visit) -> None:
        self._gateway = gateway
        self._visit = visit

    async def log_in_staff(self, account: str, password: str, code: str) -> Any:
        body = {"account": account, "password": password, "code": code}
        return await self._send("POST", "/staff-sessions", body)

    async def send_phone_code(self, phone: str) -> Any:
        return await self._send("POST", "/phone-codes", {"phone": phone})

    async def log_in_worker(self, phone: str, code: str) -> Any:
        return await self._send("POST", "/worker-sessions", {"phone": phone, "code": code})

    async def log_out(self) -> None:
        await self._send("DELETE", "/sessions/current")

    async def log_out_everywhere(self) -> None:
        await self._send("DELETE", "/sessions")

    async def my_sessions(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self._get("/me/sessions"))["items"]
        return items

    async def activation_secret(self, body: dict[str, Any]) -> Any:
        return await self._send("POST", "/activations/secrets", body)

    async def activate(self, body: dict[str, Any]) -> None:
        await self._send("PUT", "/activations", body)

    async def change_password(self, body: dict[str, Any]) -> None:
        await self._send("PUT", "/passwords", body)

    async def me(self) -> Any:
        return await self._get("/me")

    async def act_for(self, union_id: str) -> Any:
        return await self._send("PUT", "/me/acting-union", {"union_id": union_id})

    async def accounts(self, after: str | None, limit: int) -> Any:
        params = {"limit": str(limit)} | ({"after": after} if after else {})
        return await self._get("/accounts", params)

    async def search_accounts(self, text: str) -> Any:
        return await self._send("POST", "/accounts/searches", {"text": text})

    async def account(self, account_id: str) -> Answer:
        return await self._gateway.ask(self._visit, "GET", f"{_BASE}/accounts/{account_id}")

    async def create_account(self, body: dict[str, Any], key: str) -> Any:
        return await self._send("POST", "/accounts", body, key)

    async def reinvite(self, account_id: str, key: str) -> Any:
        return await self._send("POST", f"/accounts/{account_id}/activation-codes", None, key)

    async def change_account(
        self, method: str, path: str, body: dict[str, Any] | None, key: str, etag: str
    ) -> None:
        await self._send(method, f"/accounts/{path}", body, key, etag)

    async def grants_of(self, account_id: str) -> Any:
        return await self._get(f"/accounts/{account_id}/grants", {"limit": "100"})

    async def grant(self, account_id: str, body: dict[str, Any], key: str) -> Any:
        return await self._send("POST", f"/accounts/{account_id}/grants", body, key)

    async def revoke(self, grant_id: str, key: str, etag: str) -> None:
        await self._send("DELETE", f"/grants/{grant_id}", None, key, etag)

    async def audit(self, params: dict[str, str]) -> Any:
        return await self._get("/audit", params)

    async def verify_audit(self) -> Any:
        return await self._get("/audit/verification")

    async def _get(self, path: str, params: dict[str, str] | None = None) -> Any:
        return (await self._gateway.ask(self._visit, "GET", _BASE + path, params=params)).body

    async def _send(
        self, method: str, path: str, json: Any = None, key: str = "", etag: str = ""
    ) -> Any:
        answer = await self._gateway.ask(
            self._visit, method, _BASE + path, json=json, key=key, etag=etag
        )
        return answer.body


def identity(request: Request) -> Identity:
    """Identity for this visitor."""
    return Identity(request.app.state.gateway, visit_of(request))


IdentityApi = Annotated[Identity, Depends(identity)]
