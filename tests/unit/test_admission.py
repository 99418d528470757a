"""More than a part can answer soon is refused at once, and nothing else is (OVR-01)."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from services.chassis.edge.admission import Admission


class Slow:
    """An application whose answers wait until they are let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def answer(self, request: Request) -> PlainTextResponse:
        await request.body()
        await self.go.wait()
        return PlainTextResponse("done")

    async def stream(self, request: Request) -> StreamingResponse:
        async def events():
            yield b"data: 1\n\n"
            await self.go.wait()

        return StreamingResponse(events(), media_type="text/event-stream")

    async def health(self, request: Request) -> PlainTextResponse:
        return PlainTextResponse("alive")


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
async def client(slow: Slow):
    routes = [
        Route("/slow", slow.answer, methods=["GET", "POST"]),
        Route("/events", slow.stream),
        Route("/livez", slow.health),
    ]
    transport = httpx.ASGITransport(Admission(Starlette(routes=routes), most=3))
    async with httpx.AsyncClient(transport=transport, base_url="http://part") as made:
        yield made


async def crowd(client: httpx.AsyncClient, path: str, count: int) -> list[asyncio.Task]:
    tasks = [asyncio.create_task(client.get(path)) for _ in range(count)]
    await asyncio.sleep(0.05)
    return tasks


async def test_the_one_too_many_is_refused_at_once_and_says_when_to_come_back(client, slow):
    waiting = await crowd(client, "/slow", 3)

    refused = await client.post("/slow", content=b"x", headers={"X-Request-Id": "abc"})
    alive = await client.get("/livez")
    slow.go.set()
    done = await asyncio.gather(*waiting)
    after = await client.get("/slow")

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "2"
    assert refused.headers["Connection"] == "close"
    assert refused.json()["type"] == "/problems/unavailable"
    assert refused.json()["request_id"] == "abc"
    assert [one.status_code for one in (alive, *done, after)] == [200] * 5


async def test_whoever_only_listens_takes_nobodys_place(client, slow):
    listening = await crowd(client, "/events", 3)

    more = await crowd(client, "/slow", 3)
    slow.go.set()

    answers = await asyncio.gather(*listening, *more)
    assert [one.status_code for one in answers] == [200] * 6


async def test_whoever_goes_away_leaves_the_place(client, slow):
    waiting = await crowd(client, "/slow", 3)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    slow.go.set()

    assert (await client.get("/slow")).status_code == 200
