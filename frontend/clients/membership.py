"""What the pages ask membership: unions, applications, members, imports, the desk."""

from typing import Annotated, Any
from uuid import UUID

import aiohttp
from fastapi import Depends
from starlette.requests import Request

from frontend.clients.gateway import Answer, Download, Gateway
from frontend.session import Visit, visit_of

_BASE = "/membership/v1"


class Membership:
    """Membership as this visitor sees it; ``get`` and ``send`` are the words of its API."""

    def __init__(self, gateway: Gateway, visit: Visit) -> None:
        self._gateway = gateway
        self._visit = visit

    async def get(self, path: str, **params: str | None) -> Any:
        """The facts at ``path``; parameters that are ``None`` or empty are left out."""
        return (await self.read(path, **params)).body

    async def read(self, path: str, **params: str | None) -> Answer:
        """The facts with their version."""
        given = {name: value for name, value in params.items() if value}
        return await self._gateway.ask(self._visit, "GET", _BASE + path, params=given)

    async def send(
        self, method: str, path: str, json: Any = None, *, key: str = "", etag: str = ""
    ) -> Any:
        """A change, or a search that goes in a body; the answer's facts."""
        answer = await self._gateway.ask(
            self._visit, method, _BASE + path, json=json, key=key, etag=etag
        )
        return answer.body

    async def upload(self, path: str, form: aiohttp.FormData, key: str) -> Any:
        """A file, streamed."""
        answer = await self._gateway.ask(self._visit, "POST", _BASE + path, form=form, key=key)
        return answer.body

    async def download(self, path: str) -> Download:
        """A file on its way to the browser."""
        return await self._gateway.download(self._visit, _BASE + path)

    async def desk(self) -> Any:
        return await self.get("/desk")

    async def waiting(self) -> Any:
        """Only the numbers of the desk."""
        return await self.get("/desk/waiting")

    async def search_members(self, body: dict[str, Any]) -> Any:
        return await self.send("POST", "/members/searches", body)

    async def application(self, application_id: UUID) -> Answer:
        return await self.read(f"/applications/{application_id}")

    async def member(self, member_id: UUID) -> Answer:
        return await self.read(f"/members/{member_id}")

    async def union(self, union_id: UUID | str) -> Answer:
        return await self.read(f"/unions/{union_id}")

    async def codes(self, name: str) -> list[dict[str, Any]]:
        """A code list, as ``{code, label}``."""
        answer = await self.get(f"/codes/{name}")
        items: list[dict[str, Any]] = answer["items"] if isinstance(answer, dict) else answer
        return items


def membership(request: Request) -> Membership:
    """Membership for this visitor."""
    return Membership(request.app.state.gateway, visit_of(request))


MembershipApi = Annotated[Membership, Depends(membership)]
