"""A request's body, counted and timed while it comes in."""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Receive

from gateway.inbound import Call
from gateway.refusals import SlowBody
from services.chassis.kernel.refusals import Refusal, TooLarge

# A body that is sent on while it comes in may take long, but has to keep moving (bytes a second).
SLOWEST = 4 * 1024


class SenderGone(Exception):
    """The caller hung up in the middle of the body; there is nobody to answer."""


class Body:
    """At most ``limit`` bytes; ``ended_by`` says why it ended before its end."""

    def __init__(self, call: Call, receive: Receive, limit: int, seconds: float) -> None:
        if call.length is not None and call.length > limit:
            raise too_large(limit)
        self._receive = receive
        self._limit = limit
        self._seconds = seconds
        self.is_finished = not call.has_body
        self.ended_by: Refusal | SenderGone | None = None

    async def whole(self) -> bytes:
        """The body, collected; slow senders are cut, so that they hold nobody behind us."""
        if self.is_finished:
            return b""
        parts: list[bytes] = []
        seen = 0
        try:
            async with asyncio.timeout(self._seconds):
                while not self.is_finished:
                    part = await self._part()
                    seen += len(part)
                    if seen > self._limit:
                        raise too_large(self._limit)
                    parts.append(part)
        except TimeoutError as error:
            raise self._slow() from error
        return b"".join(parts)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it comes; what ends it is kept, because the client that reads it wraps it."""
        try:
            async for part in self._moving():
                yield part
        except (Refusal, SenderGone) as ending:
            self.ended_by = ending
            raise

    async def _moving(self) -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        began, seen = clock(), 0
        while not self.is_finished:
            try:
                async with asyncio.timeout(self._seconds):
                    part = await self._part()
            except TimeoutError as error:
                raise self._slow() from error
            seen += len(part)
            taken = clock() - began
            if seen > self._limit:
                raise too_large(self._limit)
            if taken > self._seconds and seen < SLOWEST * taken and not self.is_finished:
                raise self._slow()
            if part:
                yield part

    async def _part(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise SenderGone
        self.is_finished = not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part

    def _slow(self) -> SlowBody:
        return SlowBody("内容上传过慢，连接已断开。请检查网络后重新上传。")


def too_large(limit: int) -> TooLarge:
    """The refusal, with the limit in the unit that people use."""
    size = f"{limit // 1024 // 1024} MB" if limit >= 1024 * 1024 else f"{limit // 1024} KB"
    return TooLarge(f"提交的内容超过了上限 {size}，请减小后重新提交。", limit_bytes=limit)
