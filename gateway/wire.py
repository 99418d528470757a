"""The bytes before the application sees them: bounded in size, in time and in number."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from gateway.answers import refused
from gateway.headers import with_security
from gateway.inbound import MAX_HEADER_BYTES, request_id_of
from gateway.refusals import Ambiguous, HeadersTooLarge, http_status
from services.chassis.kernel.refusals import Refusal

HEADER_SECONDS = 15.0
MAX_CONNECTIONS = 4096


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with what it leaves open: endless, slow and unreadable headers.

    It also tells the application the request target as it was sent, and when the process drains.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._draining = asyncio.Event()
        self._is_in_headers = False
        self._has_read_body = False
        self._header_bytes = 0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows it as well
        if len(self.connections) > MAX_CONNECTIONS:
            self.transport.close()
            return
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._has_read_body = False
        super().data_received(data)
        if self._is_in_headers and not self._has_read_body:
            self._header_bytes += len(data)
            if self._header_bytes > MAX_HEADER_BYTES:
                self._hang_up(HeadersTooLarge("请求头过多或过长。"))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_headers = True
        self._header_bytes = 0
        self._wait_for_headers()

    def on_headers_complete(self) -> None:
        self._is_in_headers = False
        self._stop_waiting()
        self.scope["state"]["target"] = self.url
        self.scope["state"]["draining"] = self._draining
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._has_read_body = True
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        self._hang_up(Ambiguous("请求不符合 HTTP 规范，无法读取。"))

    def shutdown(self) -> None:
        self._draining.set()
        super().shutdown()

    def _wait_for_headers(self) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _hang_up(self, refusal: Refusal) -> None:
        if self.transport.is_closing():
            return
        request_id = request_id_of(())
        answer = refused(refusal, request_id, page=False, close=True)
        head = [f"HTTP/1.1 {http_status(refusal)} Refused\r\n".encode()]
        fields = [
            *with_security(answer.headers),
            (b"content-length", str(len(answer.body)).encode()),
            (b"x-request-id", request_id.encode()),
        ]
        head += [b"%s: %s\r\n" % pair for pair in fields]
        self.transport.write(b"".join([*head, b"\r\n", answer.body]))
        self.transport.close()


def server_options() -> dict[str, Any]:
    """How uvicorn has to serve the gateway; whoever hosts it passes these on."""
    return {
        "http": GuardedProtocol,
        "ws": "none",
        "lifespan": "on",
        # No answer says which software it comes from.
        "server_header": False,
        # Whose X-Forwarded-For counts is the gateway's own setting.
        "proxy_headers": False,
        # The gateway writes its own log, without addresses.
        "access_log": False,
        "timeout_keep_alive": 65,
        "timeout_graceful_shutdown": 25,
    }
