"""Hosts parts in this process: one of them, or for machines with little memory all of them.

SIGTERM makes it leave without a failed request: it takes no new connections, says good-bye on the
ones that are open until nobody holds one any more, and ends.  SIGINT makes it end at once.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deploy.children import BELL, DOORS
from deploy.parts import PARTS, Part, host, port
from deploy.site import Site, open_site

SETTINGS: dict[str, Any] = {
    "access_log": False,  # the chassis writes its own, without personal data
    "server_header": False,
    "interface": "asgi3",
    "proxy_headers": False,  # nobody is believed about addresses but the gateway, by its assertion
    "timeout_graceful_shutdown": 5,
}
LOOP = uvicorn.Config("").get_loop_factory()
# Longer than any part of ours keeps an idle connection (3 s): none is closed under a request.
LINGER, GLANCE, FINISH_WITHIN = 4.0, 0.05, 25


class Farewell:
    """An application whose answers end their connections, once the process is leaving."""

    def __init__(self, app: ASGIApp, leaving: asyncio.Event) -> None:
        self._app = app
        self._leaving = leaving

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if not self._leaving.is_set() or scope["type"] != "http":
            return self._app(scope, receive, send)

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", ()) if pair[0] != b"connection"]
                message = {**message, "headers": [*kept, (b"connection", b"close")]}
            await send(message)

        return self._app(scope, receive, closing)


class Server(uvicorn.Server):
    """Perhaps one of several in this process, so it leaves the signals to the process."""

    def __init__(self, config: uvicorn.Config, door: socket.socket | None) -> None:
        super().__init__(config)
        self._doors = None if door is None else [door]
        self.is_serving = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def run_here(self) -> None:
        await self.serve(self._doors)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_serving.set()

    async def leave(self) -> None:
        """No new connections; those that are open find out with their next answer."""
        for listener in (*self.servers, *(self._doors or ())):
            listener.close()
        for connection in tuple(self.server_state.connections):
            if hasattr(connection, "farewell"):  # the gateway's, which no application answers
                connection.farewell()
        for _ in range(int(LINGER / GLANCE)):
            if not self.server_state.connections:
                break
            await asyncio.sleep(GLANCE)
        self.config.timeout_graceful_shutdown = FINISH_WITHIN
        self.should_exit = True


def make_server(part: Part, site: Site, leaving: asyncio.Event) -> Server:
    settings = import_module(part.server).server_options() if part.server else {}
    where = {"host": host(part, site), "port": port(part, site) or 0}

    def application() -> Farewell:
        return Farewell(import_module(part.module).create_app(), leaving)

    config = uvicorn.Config(application, factory=True, **{**SETTINGS, **settings, **where})
    door = json.loads(os.environ.get(DOORS, "{}")).get(part.name)
    return Server(config, None if door is None else socket.socket(fileno=door))


async def serve(parts: list[Part]) -> None:
    """They stop in the opposite order of their start; the first that fails ends them all."""
    site, over, leaving = open_site(), asyncio.Event(), asyncio.Event()
    servers = [make_server(part, site, leaving) for part in parts if part.step is not None]
    workers = [import_module(part.module).work for part in parts if part.step is None]
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, over.set)
    loop.add_signal_handler(signal.SIGTERM, leaving.set)
    serving = [asyncio.create_task(server.run_here()) for server in servers]
    working = [asyncio.create_task(work(over)) for work in workers]
    told = [asyncio.create_task(event.wait()) for event in (over, leaving)]
    bell = asyncio.create_task(ring(servers))
    await asyncio.wait([*told, *serving, *working], return_when=asyncio.FIRST_COMPLETED)
    was_told = over.is_set() or leaving.is_set()
    if leaving.is_set():
        await asyncio.gather(*(server.leave() for server in servers if server.started))
    over.set()
    for server, task in reversed(list(zip(servers, serving, strict=True))):
        server.should_exit = True
        await asyncio.wait([task])
    bell.cancel()
    await asyncio.gather(*serving, *working)
    if not was_told:
        raise SystemExit("a part ended by itself")


async def ring(servers: list[Server]) -> None:
    """Tell whoever started us that every part serves; an old process can then leave."""
    await asyncio.gather(*(server.is_serving.wait() for server in servers))
    if BELL in os.environ:
        with suppress(OSError):
            os.write(int(os.environ[BELL]), b"1")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=LOOP) as runner:
        runner.run(serve([part for part in PARTS if part.name in sys.argv[1:]]))
