"""The bytes before anybody understands them: bounded in size, in time and in number."""

import asyncio
import socket
import struct
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from gateway.answers import head_of, refused
from gateway.inbound import request_id_of
from gateway.parts import Parts
from gateway.reading import Reader
from gateway.visit import Visit
from services.chassis.kernel.refusals import Refusal

HEADER_SECONDS = 15.0
IDLE_SECONDS = 65.0
# A caller who takes nothing of an answer for so long has left, whatever the connection says.
STUFFED_SECONDS = 60.0
# After an answer before the end of its request, so long and so much is still listened to:
# hanging up at once could take the answer back from whoever has not read it yet.
LINGER_SECONDS = 2.0
LINGER_BYTES = 4 * 1024 * 1024
# When the process drains, a connection that is idle may just be sending its next request.
FAREWELL_SECONDS = 0.5
MAX_CONNECTIONS = 4096
NEVER = float("inf")


class Connection(asyncio.Protocol):
    """HTTP/1.1 with llhttp in its strict mode; one request at a time, in the order they came."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        # Whoever hosts us may wrap the application, so it hands its parts over beside it.
        self._parts: Parts = app_state["parts"]
        self._server = server_state
        self._reader: Reader = None  # type: ignore[assignment]  # from the start on
        self._transport: asyncio.Transport = None  # type: ignore[assignment]  # from the start on
        self._visit: Visit | None = None
        self._until = self._stuffed_at = NEVER
        self._lingered = 0
        self._is_deaf = self._is_going = self._is_held = self._is_paused = False
        self.is_ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # TCP and TLS give this kind
        self._reader = Reader((transport.get_extra_info("peername") or ("",))[0])
        self._server.connections.add(self)  # type: ignore[arg-type]  # it only calls shutdown()
        self._parts.connections.add(self)
        if len(self._parts.connections) > MAX_CONNECTIONS:
            self._transport.abort()
            return
        self._until = self._parts.clock.now + HEADER_SECONDS

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        self._parts.connections.discard(self)
        self._is_deaf = True
        self._reader.ahead.clear()
        if self._visit is not None:
            self._visit.left()

    def data_received(self, data: bytes) -> None:
        reader, visit = self._reader, self._visit
        if self._is_deaf or reader.is_over:
            self._lingered += len(data)
            if self._lingered > LINGER_BYTES:
                self._transport.abort()
            return
        reader.feed(data)
        if visit is None and reader.is_in_head:
            until = self._parts.clock.now + HEADER_SECONDS
            if until < self._until:
                self._until = until
        if visit is not None and visit.head is reader.coming:
            visit.body_moved()
        self._go_on()

    def pause_writing(self) -> None:
        self._stuffed_at = self._parts.clock.now
        if self._visit is not None:
            self._visit.stuffed(on=True)

    def resume_writing(self) -> None:
        self._stuffed_at = NEVER
        if self._visit is not None:
            self._visit.stuffed(on=False)
        else:
            self._go_on()

    def shutdown(self) -> None:
        """Called when the server ends: finish what is under way, begin nothing more."""
        self.is_ending = True
        if self._visit is not None:
            self._visit.drain()
        else:
            self._until = min(self._until, self._parts.clock.now + FAREWELL_SECONDS)

    def farewell(self) -> None:
        """The next answer is the last one on this connection."""
        self.is_ending = True

    def look(self, now: float) -> None:
        """Called by the sweep: end what takes too long."""
        if now > self._until or now - self._stuffed_at > STUFFED_SECONDS:
            self._transport.abort()
        elif self._visit is not None:
            self._visit.look(now)

    def write(self, data: bytes) -> None:
        """A part of the answer that is due."""
        self._transport.write(data)

    def date(self) -> bytes:
        """The line that says when the answer was made."""
        return self._parts.date_line

    def hold(self, *, on: bool) -> None:
        """Read no more of the body, or read on."""
        self._is_held = on
        self._steer()

    def break_off(self, *, hard: bool) -> None:
        """End an answer that cannot be finished; ``hard`` where an end would look like its end."""
        if hard:
            self._reset()
        else:
            self._transport.close()

    def finished(self, *, keep: bool) -> None:
        """The answer is complete, or will never be."""
        visit, self._visit = self._visit, None
        self._is_held = False
        if self._transport.is_closing() or visit is None:
            return
        if keep and not self.is_ending:
            seconds = HEADER_SECONDS if self._reader.is_in_head else IDLE_SECONDS
            self._until = self._parts.clock.now + seconds
            self._go_on()
        else:
            self._close(is_whole=visit.head.is_whole)

    def _go_on(self) -> None:
        if self._is_going:
            return
        self._is_going = True
        reader = self._reader
        while self._visit is None and reader.ahead and self._stuffed_at == NEVER:
            self._until = NEVER
            self._visit = Visit(self._parts, self, reader.ahead.popleft())
            self._visit.begin()
        self._is_going = False
        if reader.fault is not None and not self._is_deaf:
            if self._visit is None:
                self._hang_up(reader.fault)
            elif not self._visit.head.is_whole:
                self._visit.refuse(reader.fault)
        elif self._visit is None and reader.is_over and not self._is_deaf:
            self._close(is_whole=False)
        self._steer()

    def _steer(self) -> None:
        """Stop reading while requests wait for their turn, a body or an answer for its reader."""
        waits = self._is_held or bool(self._reader.ahead) or self._stuffed_at != NEVER
        pauses = waits and not self._is_deaf
        if pauses != self._is_paused and not self._transport.is_closing():
            self._is_paused = pauses
            if pauses:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _hang_up(self, refusal: Refusal) -> None:
        if self._transport.is_closing():
            return
        request_id = request_id_of(b"")
        answer = refused(refusal, request_id, page=False)
        own = b"content-length: %d\r\nx-request-id: %b\r\nconnection: close\r\n" % (
            len(answer.body), request_id.encode(),
        )  # fmt: skip
        self._parts.telemetry.refused(refusal.code)
        self.write(head_of(answer.status, answer.headers, own, self.date()) + answer.body)
        self._close(is_whole=False)

    def _close(self, *, is_whole: bool) -> None:
        self._is_deaf = True
        self._reader.ahead.clear()
        if is_whole or not self._transport.can_write_eof():
            self._transport.close()
            return
        self._until = self._parts.clock.now + LINGER_SECONDS
        self._transport.write_eof()
        self._steer()

    def _reset(self) -> None:
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()


def server_options() -> dict[str, Any]:
    """How uvicorn has to serve the gateway; whoever hosts it passes these on."""
    return {
        "http": Connection,
        "ws": "none",
        "lifespan": "on",
        # No answer says which software it comes from.
        "server_header": False,
        # Whose X-Forwarded-For counts is the gateway's own setting.
        "proxy_headers": False,
        # The gateway writes its own log, without addresses.
        "access_log": False,
        "timeout_graceful_shutdown": 25,
    }
