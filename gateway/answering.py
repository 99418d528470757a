"""How a request ends: with a service's answer, with a refusal, or with nobody to tell it to."""

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from gateway.answers import refused
from gateway.credentials import Credential
from gateway.exchange import Exchange
from gateway.heads import Head
from gateway.inbound import Call, request_id_of
from gateway.limits import tightest
from gateway.lines import Fields
from gateway.refusals import AddressRefused, Broken, http_status
from gateway.reply import Caller, Reply
from gateway.routes import FRONTEND, Match
from services.chassis.kernel.refusals import Refusal

if TYPE_CHECKING:
    from gateway.parts import Parts

log = structlog.get_logger()
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
REPORTED = {401, 429}


class Answering:
    """The later half of a visit; it writes one answer, counts it, and lets the caller go on."""

    __slots__ = (
        "_began", "_call", "_caller", "_content", "_exchange", "_is_events", "_is_over", "_match",
        "_parts", "_person", "_reply", "_task", "head", "request_id",
    )  # fmt: skip

    def __init__(self, parts: "Parts", caller: Caller, head: Head) -> None:
        self.head = head
        self.request_id = request_id_of(head.fields.get(b"x-request-id", b""))
        self._parts = parts
        self._caller = caller
        self._reply = Reply(caller, head, self.request_id)
        self._began = monotonic()
        self._call: Call | None = None
        self._match: Match | None = None
        self._person: Credential | None = None
        self._exchange: Exchange | None = None
        self._task: asyncio.Task[None] | None = None
        self._content: asyncio.Future[bytes] | None = None
        self._is_over = self._is_events = False

    def answer(self, status: int, fields: Fields, length: int | None, body: bytes) -> None:
        """The service's answer, whole."""
        try:
            shown = self._shown(status, fields)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        self._reply.whole(status, shown, body, length)
        self._end()

    def answer_begins(self, status: int, fields: Fields, length: int | None) -> None:
        """The head of a long answer."""
        try:
            shown = self._shown(status, fields)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        self._is_events = any(
            name == b"content-type" and value.startswith(b"text/event-stream")
            for name, value in shown
        )
        self._reply.begin(status, shown, length)
        if self._is_events and self._caller.is_ending:
            self.drain()

    def answer_goes_on(self, piece: bytes) -> None:
        """A piece of a long answer."""
        self._reply.piece(piece)

    def answer_ends(self) -> None:
        """The end of a long answer."""
        self._reply.end()
        self._end()

    def answer_fails(self, refusal: Refusal) -> None:
        """No answer, or one that broke off."""
        if self._reply.status and not self._is_over:
            log.warning("answer.cut", reason=refusal.code, request_id=self.request_id)
            self._reply.break_off()
            self._end()
        else:
            self.refuse(refusal)

    def refuse(self, refusal: Refusal) -> None:
        """Answer with the refusal, unless an answer has begun."""
        if self._is_over:
            return
        if self._exchange is not None:
            self._exchange.leave()
        if self._content is not None:
            self._content.cancel()
        status = http_status(refusal)
        self._parts.telemetry.refused(refusal.code)
        if status in REPORTED or isinstance(refusal, AddressRefused):
            reason = str(refusal.context.get("limit", getattr(refusal, "why", "")))
            service = self._match.service if self._match else "gateway"
            self._parts.reports.note(refusal.code, reason, service, status)
        if self._reply.status:
            self._reply.break_off()
        else:
            is_page_route = self._match is None or self._match.service == FRONTEND
            page = is_page_route and self._call is not None and self._call.wants_page()
            self._tell_limits()
            self._reply.local(refused(refusal, self.request_id, page=page))
        self._end()

    def left(self) -> None:
        """The caller hung up; there is nobody to answer."""
        if self._is_over:
            return
        if self._task is not None:
            self._task.cancel()
        if self._exchange is not None:
            self._exchange.leave()
        self._end()

    def drain(self) -> None:
        """The process ends: so do streams that would go on for ever."""
        if self._is_events and self._exchange is not None and not self._is_over:
            self._exchange.leave()
            self.answer_ends()

    def stuffed(self, *, on: bool) -> None:
        """The caller reads slower than the service answers, or keeps up again."""
        if self._exchange is not None and not self._is_over:
            if on:
                self._exchange.pause()
            else:
                self._exchange.resume()

    def _shown(self, status: int, fields: Fields) -> list[tuple[bytes, bytes]]:
        if self._match is None:
            raise RuntimeError("an answer without a question")
        shown = self._parts.passage.outward(status, fields, self._match)
        self._tell_limits()
        return shown

    def _tell_limits(self) -> None:
        reading = tightest(self._call.readings) if self._call is not None else None
        if reading is not None:
            self._reply.extra = reading.lines()

    def _fail(self, error: Exception) -> None:
        log.error("request.broken", exc_info=error, request_id=self.request_id)
        self.refuse(Broken("系统出错，已经记录。如需求助请提供本次请求的编号。"))

    def _end(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._exchange = self._task = None
        parts, match, reply, person = self._parts, self._match, self._reply, self._person
        seconds = monotonic() - self._began
        parts.telemetry.under_way -= 1
        if self._call is not None:
            parts.partners.leave(self._call)
        parts.telemetry.done(match.service if match else "gateway", reply.status, seconds)
        parts.request_log.note(
            self.head.method, self._call, match, self.request_id, reply.status, reply.sent, seconds
        )
        changed = match is not None and match.service == "identity" and reply.status < 400
        if changed and person and person.actor.session and self.head.method in UNSAFE:
            # Who acts, and for which union, may have changed by this very request.
            parts.sessions.forget(person.actor.session)
        self._caller.finished(keep=reply.keeps)
