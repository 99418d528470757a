"""One line in the log for each request, put together in bytes and written in batches.

A line holds nothing that came from outside but a sane request id and a trace id, so there is
nothing to redact; paths may hold anything, so the row of the table is named. A process that is
killed loses the lines of the last tenth of a second, and no other record depends on them.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import orjson
import structlog

from gateway.inbound import Call
from gateway.routes import METHODS, Match

MOST_LINES = 200


class RequestLog:
    """Lines as every other line of this process, without what makes those dear."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._lines: list[bytes] = []
        self._second = 0
        self._stamp = ""
        self._write = _writer()

    def note(
        self,
        method: str,
        call: Call | None,
        match: Match | None,
        request_id: str,
        status: int,
        sent: int,
        seconds: float,
    ) -> None:
        """Leave a line about one finished request."""
        if self._write is None:
            return
        wall = self._wall()
        second = int(wall)
        if second != self._second:
            self._second = second
            self._stamp = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        trace_id = call.traceparent[3:35] if call else ""
        through = orjson.dumps(call.client).decode() if call and call.client else '""'
        self._lines.append(
            f'{{"method":"{method if method in METHODS else "other"}",'
            f'"service":"{match.service if match else "gateway"}",'
            f'"route":"{match.rule.path if match else ""}","status":{status},'
            f'"ms":{seconds * 1000:.1f},"sent":{sent},"trace_id":"{trace_id}",'
            f'"through":{through},"event":"request","part":"gateway",'
            f'"request_id":"{request_id}","level":"info",'
            f'"timestamp":"{self._stamp}.{int((wall - second) * 1e6):06d}Z"}}'.encode()
        )
        if len(self._lines) >= MOST_LINES:
            self.flush()

    def flush(self) -> None:
        """Write what there is."""
        if self._lines and self._write is not None:
            lines, self._lines = self._lines, []
            self._write(b"\n".join(lines))


def _writer() -> Callable[[bytes], None] | None:
    """Where this process logs; None when it does not log requests, or not in bytes."""
    if not structlog.get_logger().is_enabled_for(20):
        return None
    logger = structlog.get_config()["logger_factory"]()
    if not isinstance(logger, structlog.BytesLogger):
        return None
    write: Callable[[bytes], None] = logger.info
    return write
