"""Whatever the gateway lets through, two other parsers read as the one request that was meant."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import h11
import httptools
import pytest

from tests.service.gateway_rig import Rig, rig

SEED = 20261121
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
METHODS = (b"GET", b"POST", b"PUT", b"DELETE", b"get", b"G\x00T", b"OPTIONS", b"HEAD", b"CONNECT")
TARGETS = (
    b"/api/membership/v1/unions", b"/api/membership/v1/a?b=c", b"/api/membership/v1/%20x",
    b"/api/membership/v1/a%2fb", b"/api/membership/v1/..;a", b"//x", b"/api/membership/v1/a;b=c",
    b"/api/membership/v1/unions HTTP/1.1", b"http://localhost/api/membership/v1/x", b"*",
    b"/api/membership/v1/\xc3\xa9", b"/api/membership/v1/a?b=\xff", b"/api/membership/v1/a?b#c",
)  # fmt: skip
VERSIONS = (
    b"HTTP/1.1",
    b"HTTP/1.1",
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"HTTP/1.2",
    b"http/1.1",
    b"HTTP/1.1 ",
)
FIELDS = (
    b"Content-Length: 3", b"Content-Length: 3", b"Content-Length:3", b"Content-Length: 03",
    b"Content-Length: 3 ", b"Content-Length: +3", b"Content-Length: 3, 3", b"content-length: 0",
    b"Content-Length : 3", b"Content_Length: 3", b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked", b"transfer-encoding: Chunked", b"Transfer-Encoding: identity",
    b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding : chunked",
    b"Transfer-Encoding:\x0bchunked", b"Transfer-Encoding: \tchunked\t",
    b" Transfer-Encoding: chunked",
    b"X-A: b\r\n Transfer-Encoding: chunked", b"X-A: b\rTransfer-Encoding: chunked",
    b"X-A: b\nContent-Length: 3", b"X-A: \x00", b"X-A:", b"Accept: a\x7fb", b"Accept: \xe5\xbc\xa0",
    b"User-Agent: x\ty", b"If-Match: \"a\"", b"Range: bytes=0-",
    b"Connection: close, Content-Length",
    b"Connection: Host", b"Upgrade: h2c", b"Connection: Upgrade", b"Expect: 100-continue",
    b"Trailer: X-A", b"TE: trailers", b"Accept: a, b", b"Prefer: x\x1f",
)  # fmt: skip
BODIES = (
    b"", b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n", b"3\nabc\n0\n\n",
    b"03\r\nabc\r\n00\r\n\r\n", b"3 \r\nabc\r\n0\r\n\r\n", b"0x3\r\nabc\r\n0\r\n\r\n",
    b"abcGET /api/membership/v1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"0\r\n\r\nGET /api/membership/v1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
)  # fmt: skip


def made_up(chance: random.Random) -> bytes:
    """A request that is a little or very wrong."""
    fields = [b"Host: localhost", *chance.sample(FIELDS, chance.randint(0, 3))]
    chance.shuffle(fields)
    line = b" ".join((chance.choice(METHODS), chance.choice(TARGETS), chance.choice(VERSIONS)))
    end = chance.choice((b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n"))
    text = end.join([line, *fields, b"", b""]) + chance.choice(BODIES)
    if chance.random() < 0.2:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice((b"\x00", b"\r", b"\n", b" ", b"\t", b"\x80")) + text[at:]
    return text


class Witness:
    """A service that reads with one parser (h11) and has another one (llhttp) look as well."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.faults: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw, parser = b"", h11.Connection(h11.SERVER)
        try:
            while piece := await reader.read(65536):
                raw += piece
                parser.receive_data(piece)
                if self._is_complete(parser):
                    break
            if raw:
                self._compare(raw, parser)
        except h11.RemoteProtocolError as error:
            self.faults.append(f"{error}: {raw!r}")
        writer.write(ANSWER)
        writer.close()

    def _is_complete(self, parser: h11.Connection) -> bool:
        while (event := parser.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Request):
                self.seen.append(event.method + b" " + event.target)
            if isinstance(event, h11.EndOfMessage):
                return True
        return False

    def _compare(self, raw: bytes, parser: h11.Connection) -> None:
        trailing, _ = parser.trailing_data
        if trailing:
            self.faults.append(f"more than one request: {raw!r}")
        second = Llhttp()
        httptools_parser = httptools.HttpRequestParser(second)
        httptools_parser.feed_data(raw)
        read = httptools_parser.get_method() + b" " + second.target
        if second.messages != 1 or read != self.seen[-1]:
            self.faults.append(f"read as {read!r} and {self.seen[-1]!r}: {raw!r}")


class Llhttp:
    """What the services' own server would see."""

    def __init__(self) -> None:
        self.target = b""
        self.messages = 0

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_message_complete(self) -> None:
        self.messages += 1


@asynccontextmanager
async def witnessed(folder: Path) -> AsyncIterator[tuple[Rig, Witness]]:
    witness = Witness()
    server = await asyncio.start_server(witness.serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, rig(folder, services={"membership": base}, limits_factor=1000) as here:
        yield here, witness


async def ask(here: Rig, text: bytes) -> bytes:
    """All that is answered to these bytes when nothing follows them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
    try:
        writer.write(text)
        answer = b""
        while piece := await asyncio.wait_for(reader.read(65536), 2 if not answer else 0.02):
            answer += piece
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.transport.abort()
    return answer


async def compare_many(folder: Path, seed: int, many: int) -> int:
    """How many passed; fails with the seed and the bytes that two readers read differently."""
    chance = random.Random(seed)
    passed, waiting = 0, asyncio.Semaphore(20)

    async def one(text: bytes) -> int:
        async with waiting:
            return (await ask(here, text)).count(b"HTTP/1.1 200 ")

    async with witnessed(folder) as (here, witness):
        texts = [made_up(chance) for _ in range(many)]
        passed = sum(await asyncio.gather(*(one(text) for text in texts)))

        assert witness.faults == [], seed
        assert passed <= len(witness.seen)
    return passed


async def test_what_is_let_through_is_one_request_for_every_reader(tmp_path: Path) -> None:
    assert await compare_many(tmp_path, SEED, 300) > 5


@pytest.mark.prove
async def test_what_is_let_through_is_one_request_for_every_reader_many_times(
    tmp_path: Path,
) -> None:
    for seed in range(SEED, SEED + 20):
        assert await compare_many(tmp_path, seed, 1000) > 5
