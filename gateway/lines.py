"""One kept connection to a service: the bytes of one answer after the other, read strictly."""

import asyncio
from typing import Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

Fields = list[tuple[bytes, bytes]]
MAX_HEAD = 32 * 1024
BARE = (204, 304)


class Asker(Protocol):
    """Whoever waits for the answer; ``heard`` may be called many times, ``broke`` ends it."""

    def heard(self) -> None: ...

    def broke(self) -> None: ...

    def may_send(self, *, more: bool) -> None: ...


class Line(asyncio.Protocol):
    """HTTP/1.1 towards a service. Whatever cannot be read in one way only breaks the line."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._asker: Asker | None = None
        self._is_head = False
        self._is_interim = False
        self._head_size = 0
        self._keeps = False
        self._is_odd = False
        self.idle_since = 0.0
        self.status = 0
        self.fields: Fields = []
        self.length: int | None = None
        self.is_chunked = False
        self.has_head = False
        self.is_done = False
        self.parts: list[bytes] = []

    def ask(self, asker: Asker, request: bytes, *, is_head: bool) -> None:
        """Send one request, or the beginning of it; answers come one at a time."""
        self._asker = asker
        self._is_head = is_head
        self._forget()
        self._write(request)

    def more(self, piece: bytes) -> None:
        """More of the request's body."""
        self._write(piece)

    def is_usable(self) -> bool:
        """Whether another request may be sent after an answer that came whole."""
        return (
            self.is_done
            and self._keeps
            and not self._is_odd
            and self._transport is not None
            and not self._transport.is_closing()
        )

    def is_open(self) -> bool:
        """Whether an idle line still stands."""
        return self._transport is not None and not self._transport.is_closing()

    def rest(self, now: float) -> None:
        """Nobody asks any more; what comes now belongs to nobody and ends the line."""
        self._asker = None
        self.idle_since = now

    def cut(self) -> None:
        """End it here and now."""
        self._asker = None
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Read no further: the one who listens is slower than the one who speaks."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # TCP and TLS give this kind

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._break()

    def pause_writing(self) -> None:
        if self._asker is not None:
            self._asker.may_send(more=False)

    def resume_writing(self) -> None:
        if self._asker is not None:
            self._asker.may_send(more=True)

    def data_received(self, data: bytes) -> None:
        if self._asker is None:
            self.cut()
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._is_odd = True
        if not self.has_head:
            self._head_size += len(data)
        if self._head_size > MAX_HEAD or (self._is_odd and not self.is_done):
            self._break()
            return
        if self.is_done and self._is_head:
            # The parser waits for a body that the answer to HEAD only describes.
            self._parser = HttpResponseParser(self)
        self._asker.heard()

    def on_message_begin(self) -> None:
        if self.is_done:
            self._is_odd = True  # a second answer to one question

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.has_head:
            return  # a trailer, or the head of what nobody asked for
        self._head_size += len(name) + len(value)
        name = name.lower()
        if name == b"content-length":
            self.length = int(value) if value.isdigit() else None
        elif name == b"transfer-encoding":
            self.is_chunked = value.lower() == b"chunked"
            self._is_odd = self._is_odd or not self.is_chunked
        self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        if self.has_head:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self._is_interim = True
            self._is_odd = self._is_odd or status == 101
            self._forget()
            return
        self.status = status
        self._keeps = self._parser.should_keep_alive()
        self.has_head = True
        if self._is_head:
            self.is_done = True
        elif self.length is None and not self.is_chunked and status not in BARE:
            self._is_odd = True  # its end could not be told from a broken line

    def on_body(self, body: bytes) -> None:
        if self.is_done:
            self._is_odd = True
        else:
            self.parts.append(body)

    def on_message_complete(self) -> None:
        if self._is_interim:
            self._is_interim = False
        elif self.has_head:
            self.is_done = True

    def _forget(self) -> None:
        self._head_size = 0
        self.status = 0
        self.fields = []
        self.length = None
        self.is_chunked = self.has_head = self.is_done = False
        self.parts = []

    def _write(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            self._break()
        else:
            self._transport.write(data)

    def _break(self) -> None:
        asker = self._asker
        self.cut()
        if asker is not None:
            asker.broke()
