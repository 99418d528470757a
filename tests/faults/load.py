"""Requests without patience: sent once, each answer or failure counted as a caller would see it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from services.chassis.kernel.ids import new_id

TIMEOUT = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of request; a change carries a fresh key each time."""

    method: str
    path: str
    token: str = ""
    json: Any = None


@dataclass(slots=True)
class Seen:
    """What callers saw."""

    answers: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    seconds: dict[int, list[float]] = field(default_factory=dict)
    without_hint: int = 0

    @property
    def broken(self) -> dict[str, int]:
        """Failed connections and answers that no caller should get from a platform that is up."""
        wrong = {str(status): n for status, n in self.answers.items() if status >= 500}
        return wrong | dict(self.failures)

    def p99(self, *statuses: int) -> float:
        took = sorted(second for status in statuses for second in self.seconds.get(status, ()))
        return took[int(len(took) * 0.99)] if took else 0.0


@asynccontextmanager
async def under_load(
    url: str, calls: Sequence[Call], *, callers: int, pause: float = 0.02
) -> AsyncIterator[Seen]:
    """So many callers ask in turn for as long as the block runs."""
    seen, over = Seen(), asyncio.Event()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector, timeout=TIMEOUT) as session:

        async def call_again_and_again(first: int) -> None:
            turn = first
            while not over.is_set():
                await _once(session, calls[turn % len(calls)], seen)
                turn += 1
                await asyncio.sleep(pause)

        asking = [asyncio.create_task(call_again_and_again(n)) for n in range(callers)]
        try:
            yield seen
        finally:
            over.set()
            await asyncio.gather(*asking)


async def _once(session: aiohttp.ClientSession, call: Call, seen: Seen) -> None:
    headers = {"Authorization": f"Bearer {call.token}"} if call.token else {}
    headers |= {"Idempotency-Key": str(new_id())} if call.method != "GET" else {}
    began = time.monotonic()
    try:
        async with session.request(call.method, call.path, json=call.json, headers=headers) as got:
            await got.read()
    except (aiohttp.ClientError, OSError) as error:
        seen.failures[f"{call.path}: {type(error).__name__}"] += 1
        return
    seen.answers[got.status] += 1
    seen.seconds.setdefault(got.status, []).append(time.monotonic() - began)
    seen.without_hint += got.status in (429, 503) and "Retry-After" not in got.headers
