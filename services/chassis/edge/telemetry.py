"""Logs: one JSON object a line, in UTC, with ids and without people.

An exception is told by its type and where it happened, never by its text: texts hold values.
"""

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, BinaryIO

import orjson
import structlog

from services.chassis.edge.redaction import redact_event

FRAMES = 12
ROOT = Path(__file__).resolve().parents[3]
TALKING = ("uvicorn", "uvicorn.error")  # starts and stops, which an operator wants to see
QUIET = ("uvicorn.access", "aiohttp.access")  # requests are logged once, by RequestLog


def configure_logs(
    part: str, level: str = "info", file: BinaryIO | None = None, *, cached: bool = True
) -> None:
    """Send every log of this process, ours and the libraries', through the same narrow gate."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _Part(part),
            tell_exception,
            redact_event,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(file or sys.stdout.buffer),
        cache_logger_on_first_use=cached,
    )
    logging.basicConfig(handlers=[_Forward()], level=logging.WARNING, force=True)
    for name in TALKING:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).disabled = True


def tell_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put type and place of an exception where its traceback would stand."""
    given = event.pop("exc_info", None)
    error = given
    if given is True or isinstance(given, tuple):
        error = sys.exc_info()[1] if given is True else given[1]
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
    return event


def describe(error: BaseException) -> list[dict[str, Any]]:
    """The exception and what caused it, outermost first, without their words."""
    told: list[dict[str, Any]] = []
    step: BaseException | None = error
    while step is not None and len(told) < 5:
        told.append({"type": type(step).__qualname__, "frames": _frames(step.__traceback__)})
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return told


def _frames(traceback: TracebackType | None) -> list[str]:
    return [
        f"{_place(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(traceback)
    ][-FRAMES:]


def _place(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


class _Part:
    """Names the part of the platform that speaks, unless the request already did."""

    def __init__(self, part: str) -> None:
        self.part = part

    def __call__(
        self, _: Any, __: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        event.setdefault("part", self.part)
        return event


class _Forward(logging.Handler):
    """Hands the libraries' logs over; of a long one only its first line, which holds no dump."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            first = record.getMessage().partition("\n")[0]
            structlog.get_logger().log(
                record.levelno, first, logger=record.name, exc_info=record.exc_info
            )
        except Exception:  # a log that cannot be written must not end the work
            self.handleError(record)


def _json(event: Any, **_: Any) -> bytes:
    return orjson.dumps(event, default=lambda value: f"<{type(value).__name__}>")
