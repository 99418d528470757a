"""One question to a service and its answer, with an end to every wait."""

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from gateway.lines import Fields, Line
from gateway.proxy import Upstream, down, late
from services.chassis.kernel.refusals import Refusal

# A told length up to here is read whole before the answer begins: until then a service that
# breaks off can still be told as a refusal.
WHOLE = 64 * 1024


class Clock:
    """The instant of the last sweep: good enough for waits, and free of charge."""

    def __init__(self) -> None:
        self.now = monotonic()


class Listener(Protocol):
    """Whoever asked: the answer whole, or its beginning, its pieces and its end."""

    def answer(self, status: int, fields: Fields, length: int | None, body: bytes) -> None: ...

    def answer_begins(self, status: int, fields: Fields, length: int | None) -> None: ...

    def answer_goes_on(self, piece: bytes) -> None: ...

    def answer_ends(self) -> None: ...

    def answer_fails(self, refusal: Refusal) -> None: ...

    def may_send(self, *, more: bool) -> None: ...


@dataclass(slots=True)
class Question:
    """What goes to a service; ``seconds`` until the answer begins, ``silence`` between pieces."""

    request: bytes
    is_head: bool
    seconds: float
    silence: float
    is_whole: bool = True
    is_chunked: bool = False


class Exchange:
    """Holds one place at a service from the question to the end of the answer."""

    __slots__ = (
        "_answer_by", "_clock", "_connecting", "_has_begun", "_heard_at", "_held", "_is_over",
        "_is_paused", "_line", "_listener", "_question", "_upstream",
    )  # fmt: skip

    def __init__(
        self, listener: Listener, upstream: Upstream, question: Question, clock: Clock
    ) -> None:
        self._listener = listener
        self._upstream = upstream
        self._question = question
        self._clock = clock
        self._line: Line | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._held: list[bytes] = []
        self._answer_by = clock.now + question.seconds
        self._heard_at = clock.now
        self._has_begun = self._is_paused = False
        self._is_over = True

    def start(self) -> None:
        """Ask now, or as soon as there is a line; raises Unavailable when the service is full."""
        self._upstream.enter()
        self._is_over = False
        line = self._upstream.idle_line(self._clock.now)
        if line is None:
            self._connecting = asyncio.create_task(self._connect())
        else:
            self._line = line
            line.ask(self, self._question.request, is_head=self._question.is_head)

    def send(self, piece: bytes, *, is_last: bool) -> None:
        """A piece of the request's body, passed on as it comes."""
        if self._is_over:
            return
        if self._question.is_chunked:
            piece = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
            piece += b"0\r\n\r\n" if is_last else b""
        self._question.is_whole = is_last
        self._heard_at = self._clock.now
        if self._line is not None:
            self._line.more(piece)
        else:
            self._held.append(piece)
            self._listener.may_send(more=False)

    def look(self, now: float) -> None:
        """End what waits for too long."""
        if self._is_over or self._is_paused:
            return
        is_silent = now - self._heard_at > self._question.silence
        if is_silent or (not self._has_begun and now > self._answer_by):
            self.leave()
            self._listener.answer_fails(late())

    def pause(self) -> None:
        """The caller does not read fast enough."""
        self._is_paused = True
        if self._line is not None:
            self._line.pause()

    def resume(self) -> None:
        """The caller reads again."""
        self._is_paused = False
        self._heard_at = self._clock.now
        if self._line is not None:
            self._line.resume()

    def leave(self) -> None:
        """Nobody waits for the answer any more."""
        self._finish(whole=False)

    def heard(self) -> None:
        """The line has something new."""
        line = self._line
        if line is None:
            return
        self._heard_at = self._clock.now
        if not self._has_begun:
            if line.is_done:
                self._finish(whole=self._question.is_whole)
                parts = line.parts
                body = parts[0] if len(parts) == 1 else b"".join(parts)
                self._listener.answer(line.status, line.fields, line.length, body)
                return
            if not line.has_head or (line.length is not None and line.length <= WHOLE):
                return
            self._has_begun = True
            self._listener.answer_begins(line.status, line.fields, line.length)
        if not self._is_over and line.parts:
            parts, line.parts = line.parts, []
            self._listener.answer_goes_on(b"".join(parts))
        if not self._is_over and line.is_done:
            self._finish(whole=self._question.is_whole)
            self._listener.answer_ends()

    def broke(self) -> None:
        """The line is gone, or says what nobody can read."""
        if not self._is_over:
            self.leave()
            self._listener.answer_fails(down())

    def may_send(self, *, more: bool) -> None:
        """Whether the service keeps up with the body."""
        self._listener.may_send(more=more)

    async def _connect(self) -> None:
        try:
            line = await self._upstream.new_line()
        except Refusal as refusal:
            if not self._is_over:
                self.leave()
                self._listener.answer_fails(refusal)
            return
        if self._is_over:
            line.cut()
            return
        self._line, held = line, self._held
        self._held = []
        line.ask(self, b"".join([self._question.request, *held]), is_head=self._question.is_head)
        if held and not self._is_over:
            self._listener.may_send(more=True)

    def _finish(self, *, whole: bool) -> None:
        if not self._is_over:
            self._is_over = True
            if self._is_paused and self._line is not None:
                self._line.resume()
            self._upstream.leave(self._line, self._clock.now, whole=whole)
