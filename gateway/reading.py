"""Bytes into requests, with llhttp in its strict mode and bounds of our own around it."""

from collections import deque

from httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserUpgrade,
    HttpRequestParser,
)

from gateway.heads import Head
from gateway.inbound import MAX_HEADER_BYTES
from gateway.refusals import Ambiguous, HeadersTooLarge
from services.chassis.kernel.refusals import Refusal

MAX_AHEAD = 32  # requests sent before their turn; those beyond are not answered
# Chunk sizes, their extensions and trailers: so much in all, and so much for each byte of body.
MAX_NOISE, NOISE_EACH = 16 * 1024, 8
NOBODY = Head("")


class Reader:
    """The requests of one connection. ``is_over``: nothing more can be read; ``fault`` says why,
    if the sender should hear it."""

    __slots__ = (
        "_body_bytes", "_head_bytes", "_is_mixed", "_parser", "_peer", "_raw", "ahead", "coming",
        "fault", "is_in_head", "is_over",
    )  # fmt: skip

    def __init__(self, peer: str) -> None:
        self._parser = HttpRequestParser(self)
        self._peer = peer
        self._head_bytes = self._raw = self._body_bytes = 0
        self.coming = NOBODY
        self.ahead: deque[Head] = deque()
        self.is_in_head = self._is_mixed = False
        self.is_over = False
        self.fault: Refusal | None = None

    def feed(self, data: bytes) -> None:
        """Read what came; heads go to ``ahead``, bodies to the head that is ``coming``."""
        self._raw += len(data)
        self._is_mixed = False
        try:
            self._parser.feed_data(data)
        except (HttpParserUpgrade, HttpParserCallbackError):
            self.is_over = True  # what follows is not HTTP, or too much of it
        except HttpParserError:
            self._stop(Ambiguous("请求不符合 HTTP 规范，无法读取。"))
        if self.is_in_head:
            if not self._is_mixed:  # else most of it belonged to the request before
                self._head_bytes += len(data)
            if self._head_bytes > MAX_HEADER_BYTES:
                self._stop(HeadersTooLarge("请求头过多或过长。"))
        elif self._raw > MAX_NOISE + NOISE_EACH * self._body_bytes and not self.coming.is_whole:
            self._stop(Ambiguous("分块传输中的额外内容过多。"))

    def _stop(self, fault: Refusal) -> None:
        self.is_over = True
        self.fault = fault

    def on_message_begin(self) -> None:
        self.coming = Head(self._peer)
        self.is_in_head = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        self.coming.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.is_in_head:
            return  # a trailer
        head = self.coming
        head.size += len(name) + len(value)
        head.count += 1
        name = name.lower()
        if name in head.fields:
            head.repeat(name, value)
        else:
            head.fields[name] = value

    def on_headers_complete(self) -> None:
        head, parser = self.coming, self._parser
        self.is_in_head = False
        self._raw = self._body_bytes = 0
        head.method = parser.get_method().decode()
        head.version = parser.get_http_version()
        head.keeps_alive = parser.should_keep_alive()
        head.asks_upgrade = parser.should_upgrade()
        if len(self.ahead) >= MAX_AHEAD:
            raise OverflowError
        self.ahead.append(head)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self.coming.parts.append(body)

    def on_message_complete(self) -> None:
        self.coming.is_whole = True
        self._is_mixed = True
