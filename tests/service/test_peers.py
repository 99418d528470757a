"""A peer that is slow, dead or lying costs its caller an honest refusal and little time."""

import asyncio
from contextlib import suppress
from time import monotonic

import aiohttp
import pytest
import structlog
from aiohttp import web

from services.chassis.edge.breaker import Breaker
from services.chassis.edge.budget import within
from services.chassis.edge.peers import LARGEST_ANSWER, Peer, open_session
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import (
    Conflict,
    NotFound,
    OutOfTime,
    Refusal,
    TooMany,
    Unavailable,
    Unprocessable,
)
from tests.standin import problem, says

TOKEN = "assertion"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def peer(standin, session):
    return Peer("membership", standin.url, session, title="会籍系统")


async def garbage(_):
    return web.Response(text="<html>Traceback (most recent call last)", status=200)


async def bare_error(_):
    return web.Response(text="Internal Server Error", status=500)


async def huge(_):
    return web.Response(body=b'"' + b"x" * LARGEST_ANSWER + b'"')


async def elsewhere(_):
    return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})


async def sleepy(_):
    await asyncio.sleep(30)


async def cut(request):
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"a":')
    request.transport.close()
    return response


async def test_ask_passes_on_who_and_where_and_how_long(standin, peer):
    standin.script = [says(json={"id": 1})]

    with structlog.contextvars.bound_contextvars(
        request_id="request-0001", trace_id=TRACE, span_id="00f067aa0ba902b7", trace_flags="01"
    ):
        answer = await peer.get("/v1/members/mine", actor_token=TOKEN, deadline=within(3))

    headers = standin.asked[0].headers
    assert (answer.status, answer.json) == (200, {"id": 1})
    assert headers["Authorization"] == "Bearer assertion"
    assert headers["X-Request-Id"] == "request-0001"
    assert headers["traceparent"].startswith(f"00-{TRACE}-")
    assert headers["traceparent"].endswith("-01")
    assert "00f067aa0ba902b7" not in headers["traceparent"]
    assert 2500 < int(headers["X-Deadline-Ms"]) <= 3000


async def test_ask_sends_json_with_key_and_version(standin, peer):
    standin.script = [says(204)]

    await peer.put("/v1/x", actor_token=TOKEN, json={"a": new_id()}, key="k" * 16, etag='"3"')

    request = standin.asked[0]
    assert request.headers["Idempotency-Key"] == "k" * 16
    assert request.headers["If-Match"] == '"3"'
    assert b'{"a":"' in request["body"]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "not-found", NotFound),
        (409, "wrong-state-unheard-of", Conflict),
        (422, "unprocessable", Unprocessable),
        (429, "too-many-requests", TooMany),
    ],
)
async def test_ask_hears_a_refusal_as_it_was_meant(standin, peer, status, code, kind):
    standin.script = [problem(status, code, state="draft")]

    with pytest.raises(Refusal) as caught:
        await peer.get("/v1/x", actor_token=TOKEN)

    assert isinstance(caught.value, kind)
    assert (caught.value.detail, caught.value.code) == ("不行。", code)
    assert caught.value.context == {"state": "draft"}
    assert len(standin.asked) == 1
    assert not peer.breaker.is_open


@pytest.mark.parametrize("lie", [garbage, bare_error, huge, elsewhere, cut])
async def test_ask_takes_a_lie_for_no_answer(standin, peer, lie):
    standin.script = [lie]

    with pytest.raises(Unavailable) as caught:
        await peer.post("/v1/x", actor_token=TOKEN, json={})

    assert caught.value.detail == "会籍系统暂时无法连接，请稍后再试。"
    assert len(standin.asked) == 1


async def test_ask_repeats_a_read_until_it_succeeds(standin, peer):
    standin.script = [cut, problem(503, "unavailable"), says(json=7)]

    answer = await peer.get("/v1/x", actor_token=TOKEN)

    assert answer.json == 7
    assert len(standin.asked) == 3


async def test_ask_repeats_a_write_only_with_a_key(standin, peer):
    standin.script = [cut, says(json=7)]
    with pytest.raises(Unavailable):
        await peer.post("/v1/x", actor_token=TOKEN)

    standin.script = [cut, says(json=7)]
    answer = await peer.post("/v1/x", actor_token=TOKEN, key="k" * 16)

    assert answer.json == 7
    assert len(standin.asked) == 3


async def test_ask_passes_on_when_to_come_back(standin, peer):
    standin.script = [says(503, {"type": "/problems/unavailable"}, **{"Retry-After": "33"})]

    with pytest.raises(Unavailable) as caught:
        await peer.post("/v1/x", actor_token=TOKEN)

    assert caught.value.retry_after == 33


async def test_ask_ends_with_its_time(standin, peer):
    standin.script = [sleepy]
    began = monotonic()

    with pytest.raises(OutOfTime):
        await peer.get("/v1/x", actor_token=TOKEN, deadline=within(0.3))

    assert monotonic() - began < 10
    assert not peer.breaker.is_open


async def test_ask_without_time_left_asks_nobody(standin, peer):
    standin.script = [says()]

    with pytest.raises(OutOfTime):
        await peer.get("/v1/x", actor_token=TOKEN, deadline=within(0))

    assert standin.asked == []


async def test_ask_of_a_dead_peer_is_refused_at_once_when_the_circuit_is_open(session):
    peer = Peer("membership", "http://127.0.0.1:9", session, Breaker(rest=0.2))
    for _ in range(4):
        with pytest.raises(Unavailable):
            await peer.post("/v1/x", actor_token=TOKEN)

    began = monotonic()
    with pytest.raises(Unavailable) as caught:
        await peer.get("/v1/x", actor_token=TOKEN)

    assert peer.breaker.is_open
    assert monotonic() - began < 2
    assert caught.value.retry_after >= 1


async def test_ask_finds_a_peer_that_came_back(standin, session):
    peer = Peer("membership", standin.url, session, Breaker(rest=0.1))
    standin.script = [bare_error]
    for _ in range(4):
        with suppress(Unavailable):
            await peer.post("/v1/x", actor_token=TOKEN)
    standin.script = [says(json=1)]
    await asyncio.sleep(0.15)

    assert (await peer.get("/v1/x", actor_token=TOKEN)).json == 1
    assert not peer.breaker.is_open


async def test_ask_of_a_black_hole_opens_the_circuit_within_ten_seconds(session):
    async def swallow(reader, writer):
        await reader.read()
        writer.close()

    hole = await asyncio.start_server(swallow, "127.0.0.1", 0)
    peer = Peer("hotline", f"http://127.0.0.1:{hole.sockets[0].getsockname()[1]}", session)
    began = monotonic()

    async def caller():
        while not peer.breaker.is_open and monotonic() - began < 12:
            with suppress(Refusal):
                await peer.post("/v1/x", actor_token=TOKEN, deadline=within(2))

    await asyncio.gather(caller(), caller())

    assert peer.breaker.is_open
    assert monotonic() - began < 10
    hole.close()
    await hole.wait_closed()


async def test_session_holds_a_bounded_number_of_connections():
    async with open_session(at_once=7, per_peer=3) as session:
        assert isinstance(session.connector, aiohttp.TCPConnector)
        assert (session.connector.limit, session.connector.limit_per_host) == (7, 3)
        assert session.timeout.connect == 2
        assert session.timeout.sock_read == 5
        assert session.timeout.total == 10
