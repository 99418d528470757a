"""Messages from the reading child: four bytes of length, then JSON."""

from collections.abc import Iterator
from typing import IO, Any

import orjson

PREFIX = 4
OPTIONS = orjson.OPT_PASSTHROUGH_SUBCLASS


def write_frame(out: IO[bytes], message: dict[str, Any]) -> None:
    """Send one message at once."""
    body = orjson.dumps(message, default=str, option=OPTIONS)
    out.write(len(body).to_bytes(PREFIX, "big") + body)
    out.flush()


def frames_of(first: int, rows: list[list[Any]], largest: int) -> Iterator[bytes]:
    """Rows from number ``first`` on as bodies no larger than ``largest``, halved until they fit."""
    body = orjson.dumps({"first": first, "rows": rows}, default=str, option=OPTIONS)
    if len(body) <= largest:
        yield body
        return
    if len(rows) == 1:
        raise ValueError("one row is larger than a message may be")
    middle = len(rows) // 2
    yield from frames_of(first, rows[:middle], largest)
    yield from frames_of(first + middle, rows[middle:], largest)
