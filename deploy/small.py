"""Every part in one process, for machines with little memory: the same factories, one loop."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import uvicorn

from deploy.parts import PARTS, Part, host, port
from deploy.site import Site, open_site

LOOP = uvicorn.Config("").get_loop_factory()


class Server(uvicorn.Server):
    """One of several in this process, so it leaves the signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_server(part: Part, site: Site) -> Server:
    return Server(
        uvicorn.Config(
            part.target,
            factory=True,
            host=host(part, site),
            port=port(part, site) or 0,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )


async def serve() -> None:
    """The gateway stops first, the services last; the first part to fail ends them all."""
    site = open_site()
    servers = [make_server(part, site) for part in PARTS if part.step is not None]
    workers = [part for part in PARTS if part.step is None]
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    serving = [asyncio.create_task(server.serve()) for server in servers]
    working = [asyncio.create_task(import_module(part.target).work(over)) for part in workers]
    ended = asyncio.create_task(over.wait())
    await asyncio.wait([ended, *serving, *working], return_when=asyncio.FIRST_COMPLETED)
    told = over.is_set()
    over.set()
    for server, task in reversed(list(zip(servers, serving, strict=True))):
        server.should_exit = True
        await asyncio.wait([task])
    await asyncio.gather(*working)
    if not told:
        raise SystemExit("a part has failed")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=LOOP) as runner:
        runner.run(serve())
