"""How big a body may be and how long it may take, told or not told."""

import asyncio
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from tests.service.gateway_rig import Rig, clerk, rig

KIB = 1024
MIB = 1024 * KIB
PLAIN = "/api/membership/v1/applications"
IMPORTS = "/api/membership/v1/imports"


async def pieces(total: int, size: int = 16 * KIB) -> AsyncIterator[bytes]:
    """A body of unknown length."""
    for _ in range(total // size):
        yield b"x" * size


@pytest.mark.parametrize(("size", "status"), [(64 * KIB, 200), (64 * KIB + 1, 413)])
async def test_told_length_is_held_against_the_limit(
    tmp_path: Path, size: int, status: int
) -> None:
    async with rig(tmp_path) as here:
        async with here.client.post(here.url + PLAIN, data=b"x" * size) as answer:
            assert answer.status == status
        assert len(here.membership.heard) == (status == 200)


async def test_untold_length_is_counted(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        async with here.client.post(here.url + PLAIN, data=pieces(64 * KIB)) as answer:
            assert answer.status == 200
        assert here.membership.last["headers"]["content-length"] == str(64 * KIB)
        async with here.client.post(here.url + PLAIN, data=pieces(80 * KIB)) as answer:
            body = await answer.json()

        assert answer.status == 413
        assert body["detail"] == "提交的内容超过了上限 64 KB，请减小后重新提交。"
        assert len(here.membership.heard) == 1


async def test_refusal_comes_before_a_huge_body_is_read(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        answer = await here.raw(
            b"POST /api/membership/v1/imports HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: 999999999999\r\nExpect: 100-continue\r\n\r\n"
        )

        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"connection: close" in answer
        assert b"100 Continue" not in answer


@pytest.mark.parametrize("is_told", [True, False])
async def test_big_upload_streams_through(tmp_path: Path, *, is_told: bool) -> None:
    seen = Counted()

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/imports"] = seen.handle
        before = psutil.Process().memory_info().rss
        headers = here.as_(clerk()) | ({"Content-Length": str(96 * MIB)} if is_told else {})
        body = pieces(96 * MIB, 64 * KIB)
        async with here.client.post(here.url + IMPORTS, data=body, headers=headers) as answer:
            assert answer.status == 202
        grown = psutil.Process().memory_info().rss - before

        assert seen.size == 96 * MIB
        assert seen.length == (str(96 * MIB) if is_told else None)
        assert grown < 32 * MIB


async def test_upload_that_grows_too_big_on_its_way_is_cut(tmp_path: Path) -> None:
    seen = Counted()

    async with rig(tmp_path) as here:
        here.membership.answers["/v1/attachments"] = seen.handle
        url = f"{here.url}/api/membership/v1/attachments"
        status = await post_and_read(here, url, pieces(24 * MIB, 64 * KIB))

        assert status == 413
        assert not seen.is_whole


async def test_slow_body_is_cut(tmp_path: Path) -> None:
    async with rig(tmp_path, body_seconds=0.5) as here:
        for path in (PLAIN, IMPORTS):
            began = time.monotonic()
            answer = await here.raw(
                f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc".encode()
            )
            assert answer.startswith(b"HTTP/1.1 408 "), path
            assert b"/problems/slow-body" in answer
            assert time.monotonic() - began < 20
        assert here.membership.heard == []


async def test_dripping_upload_is_cut_although_it_moves(tmp_path: Path) -> None:
    async with rig(tmp_path, body_seconds=0.3) as here:
        status = await post_and_read(here, here.url + IMPORTS, drip())

        assert status == 408


async def test_sender_who_leaves_leaves_nothing_behind(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        _, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(
            b"POST /api/membership/v1/applications HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: 10\r\n\r\nabc"
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(0.2)

        metrics = await here.raw(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"gateway_requests_in_flight 1.0" in metrics
        assert here.membership.heard == []


async def test_compressed_requests_are_refused(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        headers = {"Content-Encoding": "gzip"}
        async with here.client.post(here.url + PLAIN, data=b"x", headers=headers) as answer:
            assert answer.status == 415


async def post_and_read(here: Rig, url: str, body: AsyncIterator[bytes]) -> int:
    """The status that came back, although the other side stopped listening to the body."""
    async with here.client.post(url, data=body, headers=here.as_(clerk())) as answer:
        return answer.status


async def drip() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield b"x" * 10
        await asyncio.sleep(0.05)


class Counted:
    """A service that reads an upload piece by piece."""

    def __init__(self) -> None:
        self.size = 0
        self.digest = sha256()
        self.length: str | None = None
        self.is_whole = False

    async def handle(self, request: web.Request) -> web.Response:
        self.length = request.headers.get("Content-Length")
        async for piece in request.content.iter_any():
            self.size += len(piece)
        self.is_whole = True
        return web.json_response({}, status=202)
