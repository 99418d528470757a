"""Services that are slow, dead, huge or confused hurt their own callers only."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientPayloadError, web

from tests.service.gateway_rig import clerk, free_port, rig

URL = "/api/membership/v1/unions"
MIB = 1024 * 1024


@asynccontextmanager
async def answering(raw: bytes, *, linger: float = 0.0) -> AsyncIterator[str]:
    """A service that answers every connection with these very bytes, then hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        if linger:
            await asyncio.wait({asyncio.ensure_future(reader.read())}, timeout=linger)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_dead_service_is_said_at_once_and_the_others_go_on(tmp_path: Path) -> None:
    dead = {"membership": f"http://127.0.0.1:{free_port()}"}

    async with rig(tmp_path, services=dead) as here:
        began = time.monotonic()
        async with here.client.get(here.url + URL) as answer:
            body = await answer.json()
        assert time.monotonic() - began < 4
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "5"
        assert body["type"] == "/problems/unavailable"
        assert body["request_id"] == answer.headers["X-Request-Id"]
        async with here.client.get(f"{here.url}/join") as answer:
            assert answer.status == 200


async def test_dead_frontend_is_a_small_honest_page(tmp_path: Path) -> None:
    dead = {"frontend": f"http://127.0.0.1:{free_port()}"}

    async with rig(tmp_path, services=dead) as here:
        headers = {"Accept": "text/html,application/xhtml+xml"}
        async with here.client.get(f"{here.url}/desk", headers=headers) as answer:
            text = await answer.text()

        assert answer.status == 503
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Retry-After"] == "5"
        assert "这项服务暂时不可用，正在恢复，请稍后再试。" in text
        assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]
        assert "http" not in text.replace("http-equiv", "")
        assert answer.headers["X-Request-Id"] in text


async def test_slow_service_is_given_up_when_its_time_is_over(tmp_path: Path) -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = slow
        headers = here.as_frontend() | {"X-Deadline-Ms": "300"}
        began = time.monotonic()
        async with here.client.get(here.url + URL, headers=headers) as answer:
            body = await answer.json()

        assert answer.status == 504
        assert time.monotonic() - began < 4
        assert body["type"] == "/problems/out-of-time"


async def test_service_that_never_answers_a_connection_is_late(tmp_path: Path) -> None:
    async with (
        answering(b"", linger=5) as silent,
        rig(tmp_path, services={"membership": silent}) as here,
    ):
        headers = here.as_frontend() | {"X-Deadline-Ms": "200"}
        async with here.client.get(here.url + URL, headers=headers) as answer:
            assert answer.status == 504


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nX-Big: " + b"a" * 100_000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Bad: a\x00b\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_unreadable_answer_is_a_refusal(tmp_path: Path, raw: bytes) -> None:
    async with (
        answering(raw) as broken,
        rig(tmp_path, services={"membership": broken}) as here,
        here.client.get(here.url + URL) as answer,
    ):
        assert answer.status == 503
        assert (await answer.json())["type"] == "/problems/unavailable"


async def test_garbage_after_an_answer_is_nobodys_answer(tmp_path: Path) -> None:
    raw = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"
    )

    async with answering(raw) as broken, rig(tmp_path, services={"membership": broken}) as here:
        for _ in range(5):
            async with here.client.get(here.url + URL) as answer:
                assert answer.status in (200, 503)
                assert b"secret" not in await answer.read()


async def test_answer_that_breaks_off_is_not_ended_as_if_it_were_whole(tmp_path: Path) -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"

    async with (
        answering(raw) as broken,
        rig(tmp_path, services={"membership": broken}) as here,
        here.client.get(here.url + URL) as answer,
    ):
        assert answer.status == 200
        with pytest.raises(ClientPayloadError):
            await answer.read()


@pytest.mark.parametrize("status", [500, 502, 599])
async def test_bare_error_of_a_service_shows_nothing_of_it(tmp_path: Path, status: int) -> None:
    async def broken(request: web.Request) -> web.Response:
        return web.Response(status=status, text="Traceback: select secret from people")

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = here.frontend.answers["/desk"] = broken
        for path in (URL, "/desk"):
            async with here.client.get(here.url + path) as answer:
                text = await answer.text()
            assert answer.status == (503 if status == 502 else 500)
            assert "select" not in text
            assert answer.headers["X-Request-Id"] in text


async def test_problem_of_a_service_passes_unchanged(tmp_path: Path) -> None:
    problem = b'{"type":"/problems/unavailable","status":503,"detail":"x"}'

    async def refusing(request: web.Request) -> web.Response:
        return web.Response(
            status=503,
            body=problem,
            headers={"Retry-After": "7", "Content-Type": "application/problem+json"},
        )

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = refusing
        async with here.client.get(here.url + URL) as answer:
            assert (answer.status, await answer.read()) == (503, problem)
            assert answer.headers["Retry-After"] == "7"


async def test_nothing_is_sent_twice(tmp_path: Path) -> None:
    seen: list[str] = []

    async def hang_up(request: web.Request) -> web.Response:
        seen.append(request.method)
        if len(seen) % 2 and request.transport is not None:
            request.transport.close()
        return web.Response()

    async with rig(tmp_path) as here:
        for method in ("GET", "PUT", "DELETE", "POST"):
            async with here.client.request(method, here.url + URL):
                here.membership.answers["/v1/unions"] = hang_up
            before = len(seen)
            async with here.client.request(method, here.url + URL) as answer:
                assert answer.status == 503
            assert len(seen) == before + 1
            del here.membership.answers["/v1/unions"]
            seen.clear()


async def test_what_services_say_about_themselves_stays_inside(tmp_path: Path) -> None:
    async def talkative(request: web.Request) -> web.Response:
        return web.json_response(
            {},
            headers={
                "Server": "uvicorn",
                "X-Powered-By": "FastAPI",
                "Access-Control-Allow-Origin": "*",
                "Set-Cookie": "a=b",
                "Connection": "X-Inner",
                "X-Inner": "1",
                "Strict-Transport-Security": "max-age=0",
                "X-Request-Id": "another",
                "ETag": '"7"',
            },
        )

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = here.frontend.answers["/desk"] = talkative
        async with here.client.get(here.url + URL, headers={"Origin": "https://x.test"}) as answer:
            headers = answer.headers
        assert headers["ETag"] == '"7"'
        assert headers["Cache-Control"] == "no-store"
        assert headers.getall("Strict-Transport-Security") == [
            "max-age=31536000; includeSubDomains"
        ]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Request-Id"] != "another"
        hidden = {"server", "x-powered-by", "access-control-allow-origin", "set-cookie", "x-inner"}
        assert hidden.isdisjoint({name.lower() for name in headers})
        async with here.client.get(f"{here.url}/desk") as answer:
            assert answer.headers["Set-Cookie"] == "a=b"


async def test_events_arrive_as_they_happen_and_stop_with_the_listener(tmp_path: Path) -> None:
    left = asyncio.Event()

    async def progress(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for number in range(1000):
                await response.write(b"data: %d\n\n" % number)
                await asyncio.sleep(0.05)
        except (ConnectionError, asyncio.CancelledError):
            left.set()
            raise
        return response

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/imports/7/progress"] = progress
        url = f"{here.url}/api/membership/v1/imports/7/progress"
        began = time.monotonic()
        async with here.client.get(url, headers=here.as_(clerk())) as answer:
            assert await answer.content.readuntil(b"\n\n") == b"data: 0\n\n"
            assert await answer.content.readuntil(b"\n\n") == b"data: 1\n\n"
            assert time.monotonic() - began < 10
            answer.close()
        await asyncio.wait_for(left.wait(), 3)


async def test_stopping_finishes_what_is_under_way_and_ends_streams(tmp_path: Path) -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.6)
        return web.json_response({"done": True})

    async def progress(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"data: x\n\n")
            await asyncio.sleep(0.05)
        return response

    async with rig(tmp_path) as here:
        here.membership.answers |= {"/v1/unions": slow, "/v1/imports/7/progress": progress}

        async def ask(path: str) -> tuple[int, bytes]:
            async with here.client.get(here.url + path) as answer:
                return answer.status, await answer.read()

        asked = asyncio.create_task(ask(URL))
        listening = asyncio.create_task(ask("/api/membership/v1/imports/7/progress"))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        here.server.should_exit = True

        assert await asked == (200, b'{"done": true}')
        status, events = await listening
        assert status == 200
        assert events.startswith(b"data: x\n\n")
        assert time.monotonic() - began < 10


async def test_huge_answer_streams_through(tmp_path: Path) -> None:
    async def huge(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(64):
            await response.write(b"x" * MIB)
        return response

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/unions"] = huge
        before, size = psutil.Process().memory_info().rss, 0
        async with here.client.get(here.url + URL) as answer:
            async for piece in answer.content.iter_any():
                size += len(piece)

        assert size == 64 * MIB
        assert psutil.Process().memory_info().rss - before < 32 * MIB


async def test_head_has_the_headers_and_no_body(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        async with here.client.head(here.url + URL) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Length"] == "12"
        async with here.client.head(f"{here.url}/api/nothing") as answer:
            assert answer.status == 404
            assert await answer.read() == b""
