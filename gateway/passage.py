"""From an admitted call to a service and back, whole or piece by piece."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import structlog
from starlette.types import Receive

from gateway import headers
from gateway.answers import Headers, Outgoing
from gateway.body import Body
from gateway.credentials import Assertions, Credential
from gateway.inbound import Call
from gateway.proxy import Answer, Question, Upstreams, down, late, needs_length
from gateway.refusals import Broken
from gateway.routes import FRONTEND, Match
from gateway.settings import Settings
from services.chassis.kernel.refusals import Refusal

log = structlog.get_logger()
SILENCE = 30.0
EVENTS = b"text/event-stream"


class Passage:
    """Knows the services and speaks to them in the caller's name."""

    def __init__(self, settings: Settings, upstreams: Upstreams, assertions: Assertions) -> None:
        self._settings = settings
        self._upstreams = upstreams
        self._assertions = assertions
        self._public_scheme, _, self._public_host = settings.public_url.rstrip("/").partition("://")

    async def through(
        self,
        call: Call,
        match: Match,
        person: Credential | None,
        receive: Receive,
        out: Outgoing,
        draining: asyncio.Event,
    ) -> None:
        """Ask the service and pass its answer on."""
        body = Body(call, receive, match.rule.body, self._settings.body_seconds)
        question = self._question(call, match, person, body)
        async with self._upstreams.ask(question, body) as answer:
            fields = self._outward(answer, match)
            if not body.is_finished:
                fields.append((b"connection", b"close"))
            if answer.whole is not None:
                await out.begin(answer.status, fields)
                await out.piece(answer.whole, more=False)
                return
            await out.begin(answer.status, fields)
            is_endless = any(n == b"content-type" and v.startswith(EVENTS) for n, v in fields)
            ending = _ending(receive, draining if is_endless else None, body)
            await _pass_pieces(answer, out, ending)

    def _question(
        self, call: Call, match: Match, person: Credential | None, body: Body
    ) -> Question:
        rule = match.rule
        page = match.service == FRONTEND
        seconds = rule.seconds
        if call.inner_deadline is not None:
            seconds = min(seconds, call.inner_deadline / 1000)
            if seconds <= 0:
                raise late()
        fields = headers.inward(call, page=page)
        fields += [
            ("X-Forwarded-For", call.address),
            ("X-Forwarded-Proto", self._public_scheme),
            ("X-Forwarded-Host", self._public_host),
            ("X-Request-Id", call.request_id),
            ("X-Deadline-Ms", str(int(seconds * 1000))),
            ("traceparent", call.traceparent),
            *needs_length(call, body, streams=rule.streams),
        ]
        # The pages ask the gateway again with the person's own token; services get an assertion.
        if not page:
            token = self._assertions.of(person, match.service, call.client)
            fields.append(("Authorization", f"Bearer {token}"))
        elif person is not None:
            fields.append(("Authorization", f"Bearer {person.token}"))
        silence = self._settings.stream_silence_seconds if rule.streams else SILENCE
        return Question(
            match.service,
            call.method,
            match.path,
            call.query,
            fields,
            seconds,
            silence,
            rule.streams,
        )

    def _outward(self, answer: Answer, match: Match) -> Headers:
        page = match.service == FRONTEND
        base = self._upstreams.bases[match.service]
        fields = headers.outward(answer.headers, base, match.service, page=page)
        kind = next((v for n, v in fields if n == b"content-type"), b"")
        if answer.status >= 500 and not kind.startswith(
            (b"application/problem+json", b"text/html") if page else b"application/problem+json"
        ):
            raise _instead_of(answer.status)
        if not page and not any(name == b"cache-control" for name, _ in fields):
            fields.append((b"cache-control", b"no-store"))
        return fields


def _instead_of(status: int) -> Refusal:
    """What a bare error of a service becomes: it may hold a stack or worse."""
    if status in (502, 503):
        return down()
    if status == 504:
        return late()
    return Broken("系统出错，已经记录。请稍后再试，如需求助请提供本次请求的编号。")


async def _pass_pieces(answer: Answer, out: Outgoing, ending: asyncio.Task[bool] | None) -> None:
    pieces = answer.pieces()
    try:
        while (piece := await _next_or_end(pieces, ending)) is not None:
            await out.piece(piece, more=True)
        if ending is not None and ending.done() and not ending.result():
            return
        await out.piece(b"", more=False)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        # The answer has begun; leaving it unfinished is the only honest sign that is left.
        log.warning("answer.cut", reason=type(error).__name__)
    finally:
        if ending is not None:
            ending.cancel()


async def _next_or_end(
    pieces: AsyncIterator[bytes], ending: asyncio.Task[bool] | None
) -> bytes | None:
    """The next piece; None at the end, or when caller or process want to end it."""
    if ending is None:
        return await anext(pieces, None)
    coming = asyncio.ensure_future(_anext(pieces))
    await asyncio.wait({coming, ending}, return_when=asyncio.FIRST_COMPLETED)
    if coming.done():
        return coming.result()
    coming.cancel()
    await asyncio.wait({coming})
    return None


async def _anext(pieces: AsyncIterator[bytes]) -> bytes | None:
    return await anext(pieces, None)


def _ending(
    receive: Receive, draining: asyncio.Event | None, body: Body
) -> asyncio.Task[bool] | None:
    """A task that ends with True when the process drains, with False when the caller is gone."""
    if not body.is_finished:
        return None  # what comes in is still the body's
    return asyncio.create_task(_wait_for_end(receive, draining))


async def _wait_for_end(receive: Receive, draining: asyncio.Event | None) -> bool:
    gone = asyncio.create_task(_wait_until_gone(receive))
    tasks: set[asyncio.Task[object]] = {gone}
    if draining is not None:
        tasks.add(asyncio.create_task(draining.wait()))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return not gone.done()
    finally:
        for task in tasks:
            task.cancel()


async def _wait_until_gone(receive: Receive) -> object:
    while (await receive())["type"] != "http.disconnect":
        continue
    return None
