"""A wire between two parts that can be made slow, deaf, cut or closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

PIECE = 64 * 1024


@dataclass(slots=True)
class Wire:
    """``delay`` in seconds for each piece; while it does not hear, nothing is passed on."""

    host: str
    port: int
    delay: float = 0.0
    refuses: bool = False
    hears: asyncio.Event = field(default_factory=asyncio.Event)
    address: tuple[str, int] = ("", 0)
    passing: set[asyncio.StreamWriter] = field(default_factory=set)

    async def connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self.refuses:
            back.transport.abort()
            return
        far, onward = await asyncio.open_connection(self.host, self.port)
        self.passing |= {back, onward}
        try:
            await asyncio.gather(self._pass(near, onward), self._pass(far, back))
        finally:
            self.passing -= {back, onward}

    def cut(self) -> None:
        """Every open connection ends at once, in the middle of whatever it carries."""
        for writer in list(self.passing):
            writer.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(PIECE):
                await asyncio.sleep(self.delay)
                await self.hears.wait()
                target.write(piece)
                await target.drain()
        target.close()


@asynccontextmanager
async def wire(host: str, port: int) -> AsyncIterator[Wire]:
    made = Wire(host, port)
    made.hears.set()
    server = await asyncio.start_server(made.connect, "127.0.0.1", 0)
    made.address = server.sockets[0].getsockname()
    try:
        yield made
    finally:
        made.hears.set()
        made.cut()
        server.close()
