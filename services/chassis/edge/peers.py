"""Asks another part: in time, a bounded number at once, and never one that is known to be down."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import structlog

from services.chassis.edge.breaker import Breaker, CircuitOpen
from services.chassis.edge.budget import HEADER, Deadline, current_deadline
from services.chassis.edge.problems import refusal_from
from services.chassis.edge.tracing import continue_trace, sane_request_id
from services.chassis.kernel.refusals import OutOfTime, Refusal, Unavailable

TRIES = 3
FIRST_PAUSE = 0.05
LARGEST_ANSWER = 4 * 1024 * 1024
# A call that was given less than this says nothing about the peer when it runs out of time.
FAIR_CHANCE = 1.0
# Shorter than any part keeps an idle connection, while it serves and while it leaves.
IDLE_SECONDS = 3.0
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=2, sock_connect=2, sock_read=5)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the peer said, read whole."""

    status: int
    headers: Mapping[str, str]
    json: Any


def open_session(at_once: int = 100, per_peer: int = 20) -> aiohttp.ClientSession:
    """A bounded pool of connections with an end to every wait (OVR-02)."""
    connector = aiohttp.TCPConnector(
        limit=at_once, limit_per_host=per_peer, keepalive_timeout=IDLE_SECONDS
    )
    return aiohttp.ClientSession(
        connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
    )


@dataclass(slots=True)
class Peer:
    """One other part of the platform; ``title`` is how a person knows it."""

    name: str
    base_url: str
    session: aiohttp.ClientSession
    breaker: Breaker = field(default_factory=Breaker)
    title: str = "相关系统"

    async def get(self, path: str, *, actor_token: str, deadline: Deadline | None = None) -> Answer:
        return await self.ask("GET", path, actor_token=actor_token, deadline=deadline)

    async def post(
        self,
        path: str,
        *,
        actor_token: str,
        json: Any = None,
        key: str = "",
        deadline: Deadline | None = None,
    ) -> Answer:
        return await self.ask(
            "POST", path, actor_token=actor_token, json=json, key=key, deadline=deadline
        )

    async def put(
        self,
        path: str,
        *,
        actor_token: str,
        json: Any = None,
        key: str = "",
        etag: str = "",
        deadline: Deadline | None = None,
    ) -> Answer:
        return await self.ask(
            "PUT", path, actor_token=actor_token, json=json, key=key, etag=etag, deadline=deadline
        )

    async def ask(
        self,
        method: str,
        path: str,
        *,
        actor_token: str,
        json: Any = None,
        key: str = "",
        etag: str = "",
        deadline: Deadline | None = None,
    ) -> Answer:
        """The peer's answer, or its refusal as if it were ours.

        Only what is harmless twice is tried again: reading, and what carries an idempotency key.
        """
        body = None if json is None else orjson.dumps(json, default=str)
        fields = _fields(actor_token, key, etag, body)
        until = deadline or current_deadline()
        tries = TRIES if method in ("GET", "HEAD") or key else 1
        attempt = 1
        while True:
            try:
                return await self._once(method, path, fields, body, until)
            except _NoAnswer as failure:
                pause = _pause_after(attempt)
                if attempt == tries or until.left <= pause:
                    raise failure.refusal from failure
            await asyncio.sleep(pause)
            attempt += 1

    async def _once(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str],
        body: bytes | None,
        until: Deadline,
    ) -> Answer:
        left = until.left
        if left * 1000 < 1:
            raise OutOfTime(f"等待{self.title}答复的时间已用完，请稍后重试。")
        try:
            trial = self.breaker.admit()
        except CircuitOpen as rest:
            raise self._down(rest.retry_after) from rest
        try:
            answer = await self._send(method, path, fields, body, left)
        except _NoAnswer as failure:
            blames_peer = left >= FAIR_CHANCE or not isinstance(failure.refusal, OutOfTime)
            if blames_peer:
                self.breaker.record(ok=False, trial=trial)
            else:
                self.breaker.release(trial=trial)
            log.warning("peer.failed", peer=self.name, reason=failure.reason)
            raise
        except BaseException:
            self.breaker.release(trial=trial)
            raise
        self.breaker.record(ok=True, trial=trial)
        return self._accept(answer)

    async def _send(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str],
        body: bytes | None,
        left: float,
    ) -> Answer:
        budget = aiohttp.ClientTimeout(
            total=min(left, TIMEOUT.total or left), connect=2, sock_connect=2, sock_read=5
        )
        headers = {**fields, HEADER: str(int(left * 1000))}
        try:
            async with self.session.request(
                method,
                self.base_url.rstrip("/") + path,
                data=body,
                headers=headers,
                timeout=budget,
                allow_redirects=False,
            ) as response:
                content = await response.content.read(LARGEST_ANSWER + 1)
                while not response.content.at_eof() and len(content) <= LARGEST_ANSWER:
                    content += await response.content.read(LARGEST_ANSWER + 1 - len(content))
                return self._read(response, content)
        except TimeoutError as error:
            late = OutOfTime(f"等待{self.title}答复超时，请稍后重试。")
            raise _NoAnswer(late, type(error).__name__) from error
        except (aiohttp.ClientError, OSError) as error:
            raise _NoAnswer(self._down(), type(error).__name__) from error

    def _read(self, response: aiohttp.ClientResponse, content: bytes) -> Answer:
        """The answer, if it is one; what no part of ours would say counts as no answer."""
        status = response.status
        try:
            json = orjson.loads(content) if content and len(content) <= LARGEST_ANSWER else None
        except orjson.JSONDecodeError:
            raise _NoAnswer(self._down(), f"status {status}, no JSON") from None
        if len(content) > LARGEST_ANSWER or 300 <= status < 400:
            raise _NoAnswer(self._down(), f"status {status}, {len(content)} bytes")
        if status >= 400 and not isinstance(json, dict):
            raise _NoAnswer(self._down(), f"status {status}, no problem document")
        if status >= 500 and isinstance(json, dict):
            wait = _seconds(response.headers.get("retry-after", ""))
            raise _NoAnswer(refusal_from(status, json, wait), f"status {status}")
        return Answer(status, response.headers, json)

    def _accept(self, answer: Answer) -> Answer:
        if answer.status >= 400:
            wait = _seconds(answer.headers.get("retry-after", ""))
            raise refusal_from(answer.status, answer.json, wait)
        return answer

    def _down(self, retry_after: int = 5) -> Unavailable:
        return Unavailable(f"{self.title}暂时无法连接，请稍后再试。", retry_after=retry_after)


class _NoAnswer(Exception):
    """The peer failed; ``refusal`` is what our caller hears if it stays that way."""

    def __init__(self, refusal: Refusal, reason: str) -> None:
        super().__init__(reason)
        self.refusal = refusal
        self.reason = reason


def _fields(actor_token: str, key: str, etag: str, body: bytes | None) -> dict[str, str]:
    """What goes along: for whom, under which id, in which trace."""
    bound = structlog.contextvars.get_contextvars()
    trace = (
        f"00-{bound.get('trace_id', '')}-{bound.get('span_id', '')}-{bound.get('trace_flags', '')}"
    )
    fields = {
        "Authorization": f"Bearer {actor_token}",
        "Accept": "application/json",
        "X-Request-Id": sane_request_id(str(bound.get("request_id", ""))),
        "traceparent": continue_trace(trace).header,
    }
    fields |= {"Content-Type": "application/json"} if body is not None else {}
    fields |= {"Idempotency-Key": key} if key else {}
    return fields | ({"If-Match": etag} if etag else {})


def _pause_after(attempt: int) -> float:
    """Jittered, so that callers who failed together do not come back together."""
    return FIRST_PAUSE * 4.0 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 -- no secret


def _seconds(retry_after: str) -> int | None:
    return int(retry_after) if retry_after.isdigit() and len(retry_after) < 6 else None
