"""One answer on its way out: whole or in pieces, framed so that a broken one can be told."""

from typing import Protocol

from gateway.answers import Headers, Local, head_of
from gateway.heads import Head

CLOSE = b"connection: close\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"


class Caller(Protocol):
    """The connection that the request came on."""

    is_ending: bool

    def write(self, data: bytes) -> None: ...

    def finished(self, *, keep: bool) -> None: ...

    def break_off(self, *, hard: bool) -> None: ...

    def hold(self, *, on: bool) -> None: ...

    def date(self) -> bytes: ...


class Reply:
    """Writes to the caller; ``keeps`` says whether the connection serves another request."""

    __slots__ = ("_caller", "_head", "_is_chunked", "_named", "extra", "keeps", "sent", "status")

    def __init__(self, caller: Caller, head: Head, request_id: str) -> None:
        self._caller = caller
        self._head = head
        self._named = b"x-request-id: %b\r\n" % request_id.encode()
        self._is_chunked = False
        self.extra = b""
        self.status = 0
        self.sent = 0
        self.keeps = False

    def whole(self, status: int, fields: Headers, body: bytes, length: int | None = None) -> None:
        """Everything at once; ``length`` is what an answer without a body says about one."""
        head = self._head
        if status == 204:
            framing = b""
        elif status == 304 or (head.method == "HEAD" and not body):
            framing = b"" if length is None else b"content-length: %d\r\n" % length
        else:
            framing = b"content-length: %d\r\n" % len(body)
        if head.method == "HEAD":
            body = b""
        self.sent = len(body)
        self._caller.write(self._begin(status, fields, framing) + body)

    def local(self, answer: Local) -> None:
        """A whole answer of our own."""
        self.whole(answer.status, answer.headers, answer.body, len(answer.body))

    def begin(self, status: int, fields: Headers, length: int | None) -> None:
        """The head; pieces follow."""
        if length is not None:
            framing = b"content-length: %d\r\n" % length
        elif self._head.version == "1.1":
            self._is_chunked = True
            framing = CHUNKED
        else:
            framing = b""
        self._caller.write(self._begin(status, fields, framing))

    def piece(self, body: bytes) -> None:
        """A part of the body."""
        self.sent += len(body)
        self._caller.write(b"%x\r\n%b\r\n" % (len(body), body) if self._is_chunked else body)

    def end(self) -> None:
        """The body's end."""
        if self._is_chunked:
            self._caller.write(b"0\r\n\r\n")

    def break_off(self) -> None:
        """Leave it unfinished: the only honest sign that is left."""
        self.keeps = False
        self._caller.break_off(hard=self._head.version != "1.1")

    def _begin(self, status: int, fields: Headers, framing: bytes) -> bytes:
        caller, head = self._caller, self._head
        self.status = status
        self.keeps = (
            head.keeps_alive and head.is_whole and head.version == "1.1"
            and not head.asks_upgrade and not caller.is_ending
        )  # fmt: skip
        closing = b"" if self.keeps else CLOSE
        return head_of(status, fields, framing, self.extra, closing, self._named, caller.date())
