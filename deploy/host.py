"""Hosts parts in this process: one of them, or for machines with little memory all of them."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import uvicorn

from deploy.parts import PARTS, Part, host, port
from deploy.site import Site, open_site

SETTINGS: dict[str, Any] = {
    "access_log": False,  # the chassis writes its own, without personal data
    "server_header": False,
    "proxy_headers": False,  # nobody is believed about addresses but the gateway, by its assertion
    "timeout_graceful_shutdown": 5,
}
LOOP = uvicorn.Config("").get_loop_factory()


class Server(uvicorn.Server):
    """Perhaps one of several in this process, so it leaves the signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_server(part: Part, site: Site) -> Server:
    settings = import_module(part.server).server_options() if part.server else {}
    where = {"host": host(part, site), "port": port(part, site) or 0}
    application = f"{part.module}:create_app"
    return Server(uvicorn.Config(application, factory=True, **{**SETTINGS, **settings, **where}))


async def serve(parts: list[Part]) -> None:
    """They stop in the opposite order of their start; the first that fails ends them all."""
    site, over = open_site(), asyncio.Event()
    servers = [make_server(part, site) for part in parts if part.step is not None]
    workers = [import_module(part.module).work for part in parts if part.step is None]
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    serving = [asyncio.create_task(server.serve()) for server in servers]
    working = [asyncio.create_task(work(over)) for work in workers]
    told = asyncio.create_task(over.wait())
    await asyncio.wait([told, *serving, *working], return_when=asyncio.FIRST_COMPLETED)
    was_told = over.is_set()
    over.set()
    for server, task in reversed(list(zip(servers, serving, strict=True))):
        server.should_exit = True
        await asyncio.wait([task])
    await asyncio.gather(*serving, *working)
    if not was_told:
        raise SystemExit("a part ended by itself")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=LOOP) as runner:
        runner.run(serve([part for part in PARTS if part.name in sys.argv[1:]]))
