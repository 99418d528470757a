"""The gateway's own reading and writing of HTTP, tried from both sides of the wire."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from tests.service.gateway_rig import Rig, clerk, rig
from tests.service.test_gateway_upstreams import answering

MIB = 1024 * 1024
HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
API = b"/api/membership/v1/unions"
URL = API.decode()


def request(method: bytes, target: bytes, *fields: bytes, version: bytes = b"HTTP/1.1") -> bytes:
    return b" ".join([method, target, version]) + b"\r\n" + HOST + b"".join(fields) + b"\r\n"


REFUSED: dict[str, tuple[bytes, bytes]] = {
    "lower case method": (b"400", request(b"get", API)),
    "made-up method": (b"400", request(b"STEAL", API)),
    "trace": (b"405", request(b"TRACE", API)),
    "connect": (b"400", request(b"CONNECT", b"localhost:443")),
    "http/2 in words": (b"400", request(b"GET", API, version=b"HTTP/2.0")),
    "http/2 preface": (b"400", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "http/0.9 in words": (b"400", request(b"GET", API, version=b"HTTP/0.9")),
    "chunks in 1.0": (b"400", request(b"POST", API, CHUNKED, version=b"HTTP/1.0") + b"0\r\n\r\n"),
    "upgrade with a body": (
        b"400",
        request(
            b"POST", API, b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n"
        ) + b"GET /",
    ),
    "dots before a parameter": (b"400", request(b"GET", b"/api/membership/v1/..;/x")),
    "encoded dots before a parameter": (b"400", request(b"GET", b"/api/membership/v1/%2e%2e;x/y")),
    "fragment": (b"400", request(b"GET", API + b"#x")),
    "fragment in the query": (b"400", request(b"GET", API + b"?a#b")),
    "control in the query": (b"400", request(b"GET", API + b"?a=\x01")),
    "return inside a value": (b"400", request(b"GET", API, b"X-A: a\rb\r\n")),
    "space in a name": (b"400", request(b"GET", API, b"X A: b\r\n")),
    "two request ids": (b"400", request(b"GET", API, b"X-Request-Id: a\r\nX-Request-Id: b\r\n")),
    "size and a signed size": (
        b"400", request(b"POST", API, CHUNKED) + b"+1\r\nx\r\n0\r\n\r\n",
    ),
    "space after a size": (b"400", request(b"POST", API, CHUNKED) + b"1 \r\nx\r\n0\r\n\r\n"),
    "line feed after a size": (b"400", request(b"POST", API, CHUNKED) + b"1\nx\r\n0\r\n\r\n"),
    "chunk longer than its size": (
        b"400", request(b"POST", API, CHUNKED) + b"1\r\nxy\r\n0\r\n\r\n",
    ),
    "endless chunk extension": (
        b"400", request(b"POST", API, CHUNKED) + b"1;" + b"a" * 1_000_000 + b"\r\nx\r\n0\r\n\r\n",
    ),
    "endless trailers": (
        b"400", request(b"POST", API, CHUNKED) + b"0\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\n",
    ),
}  # fmt: skip


async def test_what_could_be_read_in_two_ways_reaches_nobody(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for name, (status, sent) in REFUSED.items():
            answer = await here.raw(sent)

            assert answer.startswith(b"HTTP/1.1 " + status), (name, answer[:120])
            assert answer.count(b"HTTP/1.1 ") == 1, name
        assert here.membership.heard == []


async def test_trailers_are_dropped_and_leak_into_nothing(tmp_path: Path) -> None:
    body = b"3;name=value\r\nabc\r\n0\r\nX-Trailer: 1\r\nAuthorization: Bearer x\r\n\r\n"

    async with rig(tmp_path) as here:
        sent = request(b"POST", API, CHUNKED) + body + request(b"GET", API, CLOSE)
        answer = await here.raw(sent)

        assert answer.count(b"HTTP/1.1 200 ") == 2
        first, second = here.membership.heard
        assert first["body"] == b"abc"
        assert second["method"] == "GET"
        assert all("x-trailer" not in heard["headers"] for heard in (first, second))


async def test_pipelined_requests_are_answered_in_order_though_the_first_is_slow(
    tmp_path: Path,
) -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.2)
        return web.json_response({"which": "slow"})

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions/slow"] = slow
        sent = request(b"GET", API + b"/slow") + request(b"GET", b"/livez")
        answer = await here.raw(sent + request(b"GET", b"/nothing/\xff"))

        assert answer.index(b"which") < answer.index(b"\r\n\r\nok")
        assert answer.index(b"\r\n\r\nok") < answer.index(b"HTTP/1.1 400 ")


async def test_too_many_requests_ahead_are_cut_after_those_that_had_their_turn(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as here:
        answer = await here.raw(request(b"GET", b"/livez") * 500)

        assert 1 <= answer.count(b"HTTP/1.1 200 ") <= 40


async def test_the_body_is_asked_for_only_when_it_is_wanted(tmp_path: Path) -> None:
    fields = b"Expect: 100-continue\r\nContent-Length: 3\r\n" + CLOSE

    async with rig(tmp_path) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(request(b"POST", API, fields))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        assert b"HTTP/1.1 200 OK" in await reader.read()
        refused = await here.raw(request(b"POST", b"/api/nowhere/v1/x", fields))
        writer.close()

        assert here.membership.last["body"] == b"abc"
        assert refused.startswith(b"HTTP/1.1 404 ")


async def test_http_1_0_gets_one_answer_that_ends_with_the_connection(tmp_path: Path) -> None:
    async def pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(3):
            await response.write(b"x" * 1000)
        return response

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = pieces
        fields = b"Connection: keep-alive\r\n"
        answer = await here.raw(request(b"GET", API, fields, version=b"HTTP/1.0"))

        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"transfer-encoding" not in head.lower()
        assert b"connection: close" in head
        assert body == b"x" * 3000


INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
ANSWERS: dict[str, tuple[bytes, int, bytes]] = {
    "interim answers first": (INTERIM + OK, 200, b"{}"),
    "switching protocols": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 503, b""),
    "neither length nor chunks": (b"HTTP/1.1 200 OK\r\n\r\nwho knows how long", 503, b""),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 503, b"",
    ),
    "other coding": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx", 503, b""),
    "length and chunks": (
        b"HTTP/1.1 200 OK\r\n" + CHUNKED + b"Content-Length: 2\r\n\r\n0\r\n\r\n", 503, b"",
    ),
    "bad chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 503, b""),
    "folded header": (b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n", 503, b""),
    "too long": (OK + b"and more", 200, b"{}"),
    "no body by nature": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "not modified, with a length": (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: x\r\n\r\n", 304, b"",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ANSWERS))
async def test_odd_answer_of_a_service_is_read_in_one_way_or_refused(
    tmp_path: Path, name: str
) -> None:
    raw, status, body = ANSWERS[name]

    async with (
        answering(raw, linger=0.2) as service,
        rig(tmp_path, services={"membership": service}) as here,
        here.client.get(here.url + URL) as answer,
    ):
        assert answer.status == status
        assert status == 503 or await answer.read() == body


@pytest.mark.parametrize("framing", [b"Content-Length: 200000\r\n", CHUNKED])
async def test_answer_that_breaks_off_breaks_the_connection(tmp_path: Path, framing: bytes) -> None:
    begun = b"x" * 70_000 if framing != CHUNKED else b"5\r\nhello\r\n"

    async with (
        answering(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n" + begun) as service,
        rig(tmp_path, services={"membership": service}) as here,
    ):
        answer = await here.raw(request(b"GET", API) + request(b"GET", b"/livez"))

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.count(b"HTTP/1.1 ") == 1
        assert not answer.endswith(b"0\r\n\r\n")


async def test_early_answer_reaches_a_sender_who_is_still_sending(tmp_path: Path) -> None:
    async def early(request: web.Request) -> web.Response:
        return web.json_response({"full": True}, status=409)

    async def forever() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 10_000
            await asyncio.sleep(0.01)

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/imports"] = early
        url = f"{here.url}/api/membership/v1/imports"
        async with here.client.post(url, data=forever(), headers=here.as_(clerk())) as answer:
            assert answer.status == 409
            assert await answer.json() == {"full": True}
            assert answer.headers["Connection"] == "close"


@asynccontextmanager
async def deaf_client(here: Rig, target: bytes) -> AsyncIterator[asyncio.StreamWriter]:
    """Asks and then reads nothing at all."""
    _, writer = await asyncio.open_connection("127.0.0.1", here.port, limit=1024)
    writer.write(request(b"GET", target))
    try:
        yield writer
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def test_reader_who_pauses_costs_no_memory_and_is_cut_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, over = 0, asyncio.Event()

    async def huge(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            for _ in range(512):
                await response.write(b"x" * MIB)
                sent += 1
        finally:
            over.set()
        return response

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = huge
        before = psutil.Process().memory_info().rss
        async with deaf_client(here, API):
            await asyncio.sleep(0.7)
            assert 0 < sent < 64
            assert psutil.Process().memory_info().rss - before < 48 * MIB
            monkeypatch.setattr("gateway.wire.STUFFED_SECONDS", 0.1)
            await asyncio.wait_for(over.wait(), 10)
        assert sent < 64


async def test_reader_who_pauses_is_served_no_further_request(tmp_path: Path) -> None:
    async def big(request: web.Request) -> web.Response:
        here.membership.heard.append({})
        return web.Response(body=b"x" * 60_000)

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = big
        async with deaf_client(here, API) as writer:
            for _ in range(40):
                writer.write(request(b"GET", API) * 25)
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
            writer.transport.abort()

        assert 0 < len(here.membership.heard) < 500


async def test_long_body_before_the_next_head_does_not_count_as_head(tmp_path: Path) -> None:
    body = b"x" * 50_000
    first = request(b"POST", API, b"Content-Length: 50000\r\n") + body

    async with rig(tmp_path) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(first + b"GET /livez HTTP/1.1\r\nHo")
        await asyncio.sleep(0.2)
        writer.write(b"st: localhost\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()

        assert answer.count(b"HTTP/1.1 200 ") == 2


async def test_service_that_stops_reading_stops_the_sender(tmp_path: Path) -> None:
    enough, gone = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await enough.wait()
        writer.transport.abort()
        gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]
    async with server, rig(tmp_path, services={"membership": f"http://127.0.0.1:{port}"}) as here:
        _, writer = await asyncio.open_connection("127.0.0.1", here.port)
        target = b"/api/membership/v1/imports"
        writer.write(request(b"POST", target, b"Content-Length: 200000000\r\n"))
        sent = 0
        try:
            while sent < 200:
                writer.write(b"x" * MIB)
                await asyncio.wait_for(writer.drain(), 0.5)
                sent += 1
        except (TimeoutError, ConnectionError):
            pass
        writer.transport.abort()
        enough.set()
        await gone.wait()

        assert sent < 64


async def test_flood_of_connections_is_capped_and_the_rest_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.wire.MAX_CONNECTIONS", 20)

    async with rig(tmp_path) as here:
        opened = [await asyncio.open_connection("127.0.0.1", here.port) for _ in range(40)]
        reader, writer = opened[0]
        writer.write(request(b"GET", b"/livez", CLOSE))
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
        gone = [await _is_closed(reader) for reader, _ in opened[1:]]
        for _, writer in opened:
            writer.close()
        await asyncio.gather(*(w.wait_closed() for _, w in opened), return_exceptions=True)

        assert gone.count(True) == 20


async def _is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(1), 0.02) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def test_stopping_answers_kept_connections_once_more_and_lets_them_go(tmp_path: Path) -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.4)
        return web.json_response({})

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = slow
        busy, idle = [await asyncio.open_connection("127.0.0.1", here.port) for _ in range(2)]
        idle[1].write(request(b"GET", b"/livez"))
        await idle[0].readuntil(b"ok")
        busy[1].write(request(b"GET", API))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        here.server.should_exit = True
        answer, rest = await asyncio.gather(busy[0].read(), idle[0].read())
        for _, writer in (busy, idle):
            writer.close()

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert rest == b""
        assert time.monotonic() - began < 5
