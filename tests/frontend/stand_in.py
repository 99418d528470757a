"""A gateway that answers what it was told to, and remembers how it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.frontend import answers


@dataclass
class Asked:
    """One request as it reached the gateway."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    query: dict[str, str] = field(default_factory=dict)


@dataclass
class StandIn:
    """Answers by method and path; what is not set is answered from the recorded ones."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)

    def answer(self, method: str, path: str, body: Any, status: int = 200) -> None:
        """From now on, ``method`` on ``path`` is answered so."""
        self.answers[(method, "/api" + path)] = (status, body)

    def refuse(self, method: str, path: str, status: int, detail: str, **more: Any) -> None:
        """From now on, ``method`` on ``path`` is refused so."""
        code = more.pop("code", "refused")
        body = {"type": f"/problems/{code}", "title": "", "status": status, "detail": detail}
        self.answers[(method, "/api" + path)] = (status, body | more)

    def last(self, method: str, path: str) -> Asked:
        """The latest request of that kind."""
        found = [a for a in self.asked if (a.method, a.path) == (method, "/api" + path)]
        assert found, f"{method} {path} was not asked; asked: {[a.path for a in self.asked]}"
        return found[-1]

    async def handle(self, request: web.Request) -> web.Response:
        raw = await request.read()
        is_json = request.content_type == "application/json" and raw
        body = json.loads(raw) if is_json else raw
        headers = request.headers.copy()
        self.asked.append(Asked(request.method, request.path, headers, body, dict(request.query)))
        found = self.answers.get((request.method, request.path))
        status, answer = found or answers.recorded(request.method, request.path, request.query)
        if isinstance(answer, bytes):
            return web.Response(body=answer, status=status, content_type="application/zip")
        headers = {"ETag": '"3"'}
        if status in (429, 503):
            headers["Retry-After"] = "20"
        if answer is None:
            return web.Response(status=status, headers=headers)
        return web.json_response(answer, status=status, headers=headers)


@asynccontextmanager
async def standing_in(port: int = 0) -> AsyncIterator[StandIn]:
    """The stand-in, listening on loopback while the block lasts."""
    stand_in = StandIn()
    app = web.Application(client_max_size=50 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", stand_in.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    stand_in.url = str(site.name)
    try:
        yield stand_in
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
