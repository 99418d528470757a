"""The hop to a service: one request out, one answer back, nothing tried twice.

This is the narrow seam behind which the client library can be exchanged: ``Upstreams.ask`` takes
plain values and gives an ``Answer`` whose body is whole when it is small, else comes in pieces.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from gateway.body import Body
from gateway.inbound import Call
from services.chassis.kernel.refusals import OutOfTime, Unavailable

WHOLE = 64 * 1024
PIECE = 64 * 1024
# Shorter than a service keeps an idle connection (uvicorn: 5 s), so that none dies under us.
IDLE_SECONDS = 3.0
CONNECT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Question:
    """What goes to a service."""

    service: str
    method: str
    path: str
    query: bytes
    headers: list[tuple[str, str]]
    seconds: float
    silence: float
    streams: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``whole`` is the body, or None when it has to be read from ``pieces``."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    whole: bytes | None
    pieces: Callable[[], AsyncIterator[bytes]]


class Upstreams:
    """One pool of kept connections to all services, and a cap for each of them."""

    def __init__(self, bases: Mapping[str, str], most_each: int) -> None:
        self.bases = {name: base.rstrip("/") for name, base in bases.items()}
        self.under_way: Counter[str] = Counter()
        self._most = most_each
        connector = aiohttp.TCPConnector(
            limit=0,  # the caps here and in the application bound it
            keepalive_timeout=IDLE_SECONDS,
            force_close=False,
        )
        self.session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("user-agent", "accept", "accept-encoding", "content-type"),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
            max_line_size=16 * 1024,
            max_field_size=16 * 1024,
        )
        # The client would send a PUT or DELETE again after a broken connection; no hop may.
        self.session._retry_connection = False

    async def close(self) -> None:
        """Let all connections go."""
        await self.session.close()

    @asynccontextmanager
    async def ask(self, question: Question, body: Body) -> AsyncIterator[Answer]:
        """Ask once; refusals say whether the service is down, busy or late."""
        with self._place(question.service):
            response = await self._send(question, body)
            try:
                whole = await self._whole(response, question)
                yield Answer(
                    response.status,
                    response.raw_headers,
                    whole,
                    lambda: _pieces(response),
                )
            finally:
                if response.content.at_eof() and body.is_finished:
                    response.release()
                else:
                    response.close()

    @contextmanager
    def _place(self, service: str) -> Iterator[None]:
        if self.under_way[service] >= self._most:
            raise Unavailable("系统繁忙，请稍等几秒再试。", retry_after=3)
        self.under_way[service] += 1
        try:
            yield
        finally:
            self.under_way[service] -= 1

    async def _send(self, question: Question, body: Body) -> aiohttp.ClientResponse:
        data = body.pieces() if question.streams and not body.is_finished else await body.whole()
        query = "?" + question.query.decode("ascii") if question.query else ""
        url = URL(self.bases[question.service] + question.path + query, encoded=True)
        try:
            async with asyncio.timeout(question.seconds):
                return await self.session.request(
                    question.method,
                    url,
                    data=data or None,
                    headers=question.headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(
                        total=None, connect=CONNECT_SECONDS, sock_read=question.silence
                    ),
                )
        except aiohttp.ConnectionTimeoutError as error:
            raise down() from error
        except TimeoutError as error:
            raise late() from error
        except (aiohttp.ClientError, OSError) as error:
            # The body is read inside the client, which wraps whatever ended it.
            raise body.ended_by or down() from error

    async def _whole(self, response: aiohttp.ClientResponse, question: Question) -> bytes | None:
        length = response.headers.get("content-length", "")
        is_small = length.isdigit() and int(length) <= WHOLE
        if not is_small and question.method != "HEAD" and response.status not in (204, 304):
            return None
        try:
            async with asyncio.timeout(question.seconds):
                return await response.read()
        except TimeoutError as error:
            raise late() from error
        except (aiohttp.ClientError, OSError) as error:
            raise down() from error


async def _pieces(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for piece in response.content.iter_any():
        yield piece


def needs_length(call: Call, body: Body, *, streams: bool) -> list[tuple[str, str]]:
    """A body that is passed on as it comes keeps its length, when the sender told it."""
    if not streams or body.is_finished or call.length is None:
        return []
    return [("Content-Length", str(call.length))]


def down() -> Unavailable:
    """The service cannot be reached, or hung up."""
    return Unavailable("这项服务暂时不可用，正在恢复，请稍后再试。", retry_after=5)


def late() -> OutOfTime:
    """The service did not begin to answer in time; what it did is unknown."""
    return OutOfTime("等待处理结果超时，请稍后刷新页面，确认是否已经办理成功，再决定是否重试。")
