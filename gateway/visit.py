"""One request from the door to the answer: read the head, who, may, forward, answer."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.answering import Answering
from gateway.answers import Local
from gateway.body import Inflow, too_large
from gateway.credentials import Credential
from gateway.exchange import Exchange
from gateway.heads import Head
from gateway.inbound import Call
from gateway.reply import Caller
from gateway.routes import Match
from services.chassis.kernel.refusals import Refusal, Unavailable

if TYPE_CHECKING:
    from gateway.parts import Parts

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
T = TypeVar("T")


class Visit(Answering):
    """Called by the connection, the exchange and the sweep; none of its steps makes them wait."""

    __slots__ = ("_inflow",)

    def __init__(self, parts: "Parts", caller: Caller, head: Head) -> None:
        super().__init__(parts, caller, head)
        self._inflow: Inflow | None = None

    def begin(self) -> None:
        """Read the head; learn who asks and whether they may."""
        parts = self._parts
        parts.telemetry.under_way += 1
        try:
            if parts.telemetry.under_way > parts.most:
                raise Unavailable("系统繁忙，请稍等几秒再试。", retry_after=3)
            call = self._call = parts.doorway.read(self.head, self.request_id)
            here = parts.local.finds(call)
            if here is not None:
                self._later(self._answer_here(here(call)))
                return
            match = self._match = parts.router.match(call.method, call.path)
            if parts.gate.recognises(call, match.rule):
                self._admitted(call, match, at_once(parts.gate.admit(call, match.rule)))
            else:
                self._later(self._admit(call, match))
        except Refusal as refusal:
            self.refuse(refusal)
        except Exception as error:
            self._fail(error)

    def body_moved(self) -> None:
        """More of the body came, or its end."""
        inflow, call, match = self._inflow, self._call, self._match
        if inflow is None or call is None or match is None or self._is_over:
            return
        try:
            piece, is_whole = self.head.take(), self.head.is_whole
            inflow.count(len(piece), self._parts.clock.now)
            if self._exchange is not None:
                if piece or is_whole:
                    self._exchange.send(piece, is_last=is_whole)
            else:
                inflow.kept.append(piece)
            if is_whole:
                self._inflow = None
                self._whole(call, match, inflow)
        except Refusal as refusal:
            self.refuse(refusal)
        except Exception as error:
            self._fail(error)

    def look(self, now: float) -> None:
        """End what takes too long."""
        try:
            if self._inflow is not None:
                self._inflow.look(now)
        except Refusal as refusal:
            self.refuse(refusal)
        if self._exchange is not None:
            self._exchange.look(now)

    def may_send(self, *, more: bool) -> None:
        """The service reads slower than the caller sends, or keeps up again."""
        self._caller.hold(on=not more)
        if self._inflow is not None:
            now = self._parts.clock.now
            if more:
                self._inflow.resume(now)
            else:
                self._inflow.pause(now)

    def _admitted(self, call: Call, match: Match, person: Credential | None) -> None:
        self._person = person
        rule = match.rule
        if not call.has_body:
            self._forward(call, match, b"")
            return
        self._take_in(call, rule.body, streams=rule.streams)
        if rule.streams:
            self._forward(call, match, None)
        self.body_moved()

    def _take_in(self, call: Call, limit: int, *, streams: bool) -> None:
        if call.length is not None and call.length > limit:
            raise too_large(limit)
        parts, head = self._parts, self.head
        self._inflow = Inflow(limit, parts.body_seconds, parts.clock.now, streams=streams)
        waits = head.version == "1.1" and not head.is_whole and not head.parts
        if waits and call.headers.get(b"expect", b"").lower() == b"100-continue":
            self._caller.write(CONTINUE)

    def _whole(self, call: Call, match: Match, inflow: Inflow) -> None:
        body = b"".join(inflow.kept)
        if self._content is not None:
            self._content.set_result(body)
        elif self._exchange is None:
            self._forward(call, match, body)

    def _forward(self, call: Call, match: Match, body: bytes | None) -> None:
        passage = self._parts.passage
        question = passage.question(call, match, self._person, body)
        self._exchange = Exchange(self, passage.to(match), question, self._parts.clock)
        self._exchange.start()

    def _later(self, steps: Coroutine[Any, Any, None]) -> None:
        if not self.head.is_whole:
            self._caller.hold(on=True)
        self._task = asyncio.create_task(self._guarded(steps))

    async def _guarded(self, steps: Coroutine[Any, Any, None]) -> None:
        try:
            await steps
        except Refusal as refusal:
            self.refuse(refusal)
        except Exception as error:
            self._fail(error)

    async def _answer_here(self, answer: Coroutine[Any, Any, Local]) -> None:
        self._reply.local(await answer)
        self._end()

    async def _admit(self, call: Call, match: Match) -> None:
        """The same for whoever is not known yet, or signed what they sent."""
        gate, rule = self._parts.gate, match.rule
        content = await gate.hear(call, rule, self._read)
        person = await gate.admit(call, rule)
        self._caller.hold(on=False)
        if content is None:
            self._admitted(call, match, person)
        else:
            self._person = person
            self._forward(call, match, content)

    async def _read(self, limit: int) -> bytes:
        """The body before it is forwarded; ends with the visit if it is too large or too slow."""
        if self._call is None or not self._call.has_body:
            return b""
        self._take_in(self._call, limit, streams=False)
        self._content = asyncio.get_running_loop().create_future()
        self._caller.hold(on=False)
        self.body_moved()
        return await self._content


def at_once(steps: Coroutine[Any, Any, T]) -> T:
    """The result of steps that have nothing to wait for, without a task of their own."""
    try:
        steps.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    steps.close()
    raise RuntimeError("what was known had to be waited for")
