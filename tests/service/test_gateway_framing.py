"""Requests that two readers could understand differently reach nobody."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.service.gateway_rig import rig

HOST = b"Host: localhost\r\n"
API = b"/api/membership/v1/unions"
SMUGGLED = b"GET /api/membership/v1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


def get(target: bytes, *more: bytes, host: bytes = HOST) -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + host + b"".join(more) + b"\r\n"


def post(*headers: bytes, body: bytes = b"") -> bytes:
    return b"POST " + API + b" HTTP/1.1\r\n" + HOST + b"".join(headers) + b"\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked\r\n"
EMPTY = b"0\r\n\r\n"
AMBIGUOUS: dict[str, bytes] = {
    "both lengths": post(b"Content-Length: 5\r\n", CHUNKED, body=EMPTY + SMUGGLED),
    "both, other order": post(CHUNKED, b"Content-Length: 5\r\n", body=EMPTY + SMUGGLED),
    "two lengths": post(b"Content-Length: 1\r\nContent-Length: 0\r\n", body=b"x"),
    "same length twice": post(b"Content-Length: 1\r\nContent-Length: 1\r\n", body=b"x"),
    "list of lengths": post(b"Content-Length: 1, 1\r\n", body=b"x"),
    "negative length": post(b"Content-Length: -1\r\n"),
    "signed length": post(b"Content-Length: +1\r\n", body=b"x"),
    "hex length": post(b"Content-Length: 0x1\r\n", body=b"x"),
    "length with space before colon": post(b"Content-Length : 1\r\n", body=b"x"),
    "other coding": post(b"Transfer-Encoding: gzip\r\n", body=b"x"),
    "two codings": post(b"Transfer-Encoding: gzip, chunked\r\n", body=EMPTY),
    "coding twice": post(CHUNKED, CHUNKED, body=EMPTY + SMUGGLED),
    "hidden coding": post(b"Transfer-Encoding: xchunked\r\n", body=EMPTY),
    "coding with a tab": post(b"Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n", body=EMPTY),
    "bad chunk size": post(CHUNKED, body=b"zz\r\nx\r\n" + EMPTY),
    "huge chunk size": post(CHUNKED, body=b"ffffffffffffffffff\r\nx\r\n" + EMPTY),
    "body on GET": get(API, b"Content-Length: 3\r\n") + b"abc",
    "folded header": get(API, b"X-A: b\r\n c\r\n"),
    "header without name": get(API, b": x\r\n"),
    "nul in a header": get(API, b"X-A: a\x00b\r\n"),
    "line feed only": get(API, b"X-A: a\nX-B: b\r\n"),
    "no host": get(API, host=b""),
    "two hosts": get(API, host=HOST + HOST),
    "other host": get(API, host=b"Host: evil.example\r\n"),
    "host with credentials": get(API, host=b"Host: a@localhost\r\n"),
    "host with a path": get(API, host=b"Host: localhost/x\r\n"),
    "absolute form": get(b"http://evil.example" + API),
    "absolute form of ours": get(b"http://localhost" + API),
    "authority form": get(b"localhost:80"),
    "star": get(b"*"),
    "no leading slash": get(b"api/membership/v1/unions"),
    "double slash": get(b"//evil.example/x"),
    "double slash inside": get(b"/api//membership/v1/unions"),
    "dots": get(b"/api/membership/v1/../../identity/v1/revocations"),
    "one dot": get(b"/api/./membership/v1/unions"),
    "encoded dots": get(b"/api/membership/v1/%2e%2e/metrics"),
    "half encoded dots": get(b"/api/membership/v1/.%2E/metrics"),
    "encoded slash": get(b"/api/membership/v1%2Funions"),
    "encoded backslash": get(b"/api/membership/v1%5cunions"),
    "backslash": get(b"/api\\membership/v1/unions"),
    "encoded nul": get(b"/api/membership/v1/a%00b"),
    "encoded line end": get(b"/api/membership/v1/a%0d%0aX-Actor:1"),
    "broken escape": get(b"/api/membership/v1/%zz"),
    "cut escape": get(b"/api/membership/v1/%2"),
    "not utf-8": get(b"/api/membership/v1/%ff%fe"),
    "raw bytes": get(b"/api/membership/v1/\xe5\xbc\xa0"),
    "two authorizations": get(API, b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"),
    "not http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "http/0.9": b"GET /\r\n\r\n",
    "odd version": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "no method": b" / HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("name", list(AMBIGUOUS))
async def test_ambiguous_request_is_refused_once(tmp_path: Path, name: str) -> None:
    async with rig(tmp_path) as here:
        answer = await here.raw(AMBIGUOUS[name])

        assert answer[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 505 "), answer[:80]
        assert answer.count(b"HTTP/1.1 ") == 1
        assert b"strict-transport-security: max-age=31536000; includeSubDomains" in answer
        assert b"content-security-policy: default-src 'none'; frame-ancestors 'none'" in answer
        assert b"application/problem+json" in answer
        assert b"x-request-id: " in answer
        assert here.membership.heard == here.frontend.heard == []


async def test_endless_headers_are_cut(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        answer = await here.raw(b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 100_000)

        assert answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "headers",
    [b"".join(b"X-%d: 1\r\n" % n for n in range(120)), b"X-A: " + b"a" * 40_000 + b"\r\n"],
)
async def test_too_many_or_too_long_headers_are_refused(tmp_path: Path, headers: bytes) -> None:
    async with rig(tmp_path) as here:
        answer = await here.raw(get(API, headers))

        assert answer.startswith(b"HTTP/1.1 431 ")
        assert here.membership.heard == []


@pytest.mark.parametrize("target", [b"/" + b"a" * 3000, b"/?q=" + b"a" * 9000])
async def test_too_long_addresses_are_refused(tmp_path: Path, target: bytes) -> None:
    async with rig(tmp_path) as here:
        assert (await here.raw(get(target))).startswith(b"HTTP/1.1 414 ")


async def test_headers_that_never_end_in_time_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.wire.HEADER_SECONDS", 0.3)

    async with rig(tmp_path) as here:
        for start in (b"", b"GET / HTTP/1.1\r\nHost: loc"):
            reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
            writer.write(start)
            began = time.monotonic()
            assert await reader.read() == b""
            assert time.monotonic() - began < 20
            writer.close()
            await writer.wait_closed()


async def test_pipelined_requests_are_answered_one_after_the_other(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        answer = await here.raw(get(API) + get(API))

        assert answer.count(b"HTTP/1.1 200 ") == 2
        assert len(here.membership.heard) == 2


async def test_upgrade_is_not_taken(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        upgrade = b"Connection: Upgrade, X-Secret\r\nUpgrade: websocket\r\nX-Secret: 1\r\n"
        answer = await here.raw(get(API, upgrade) + SMUGGLED)

        assert answer.startswith(b"HTTP/1.1 ")
        assert b" 101 " not in answer
        assert [heard["path"] for heard in here.membership.heard] in ([], ["/v1/unions"])
        assert all("upgrade" not in heard["headers"] for heard in here.membership.heard)
