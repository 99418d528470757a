"""Codes leave by the operator's text message gateway: a stand-in of it answers here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.chassis.kernel.refusals import Unavailable
from services.identity.peers.sms_gateway import SmsGateway


@dataclass
class StandIn:
    """What it was sent, and what it answers in turn (the last answer stays)."""

    statuses: list[int] = field(default_factory=lambda: [200])
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    async def receive(self, request: web.Request) -> web.Response:
        self.heard.append((request.headers["authorization"], await request.json()))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return web.Response(status=status, headers={"location": "/elsewhere"})


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    made = StandIn()
    app = web.Application()
    app.router.add_post("/send", made.receive)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/send"))
        yield made


@pytest.fixture
async def sender(stand_in: StandIn, tmp_path: Path) -> AsyncIterator[SmsGateway]:
    token = tmp_path / "token"
    token.write_text("the-token\n")
    async with aiohttp.ClientSession() as http:
        yield SmsGateway(stand_in.url, token, "log-in", 1.0, lambda: http)


async def test_a_code_is_posted_with_the_operators_token(stand_in, sender):
    await sender.send("13851234567", "135790")

    assert stand_in.heard == [
        ("Bearer the-token", {"phone": "13851234567", "code": "135790", "template": "log-in"})
    ]


async def test_a_gateway_that_stumbles_once_is_asked_again(stand_in, sender):
    stand_in.statuses = [503, 200]

    await sender.send("13851234567", "135790")

    assert len(stand_in.heard) == 2


@pytest.mark.parametrize("status", [302, 400, 500])
async def test_a_gateway_that_refuses_is_given_up_without_a_word_of_the_code(
    stand_in, sender, status, capfd
):
    stand_in.statuses = [status]

    with pytest.raises(Unavailable):
        await sender.send("13851234567", "135790")

    logged = "".join(capfd.readouterr())
    assert len(stand_in.heard) == 2
    assert "135790" not in logged
    assert "13851234567" not in logged


async def test_a_gateway_that_is_not_there_is_given_up(tmp_path):
    token = tmp_path / "token"
    token.write_text("the-token")
    async with aiohttp.ClientSession() as http:
        nowhere = SmsGateway("http://127.0.0.1:9/send", token, "log-in", 1.0, lambda: http)

        with pytest.raises(Unavailable):
            await nowhere.send("13851234567", "135790")
