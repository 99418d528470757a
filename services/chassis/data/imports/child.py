"""The process in which files from outside are opened: ``python -m …imports.child``.

It takes its order as JSON on standard input, limits itself before it touches the file, and answers
in frames on standard output. Whatever the file does to it, its parent only sees a process end.
"""

import os
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from services.chassis.data.imports.books import patient_rows, quick_rows
from services.chassis.data.imports.compound import check_compound
from services.chassis.data.imports.frames import PREFIX, frames_of, write_frame
from services.chassis.data.imports.limits import LIMITS, Limits
from services.chassis.data.imports.order import Order
from services.chassis.data.imports.packages import check_package
from services.chassis.data.imports.refused import Reason, SheetRefused
from services.chassis.data.imports.sniff import Format
from services.chassis.data.imports.texts import dialect_of, text_rows


def confine(limits: Limits, size: int) -> None:
    """Bound memory and CPU, write no file, leave no core dump with personal data."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    seconds = limits.cpu_for(size)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def check(order: Order, limits: Limits) -> None:
    """Open the file the way its reader will, and refuse what no reader should see."""
    path = Path(order.path)
    match Format(order.format):
        case Format.XLSX:
            check_package(path, limits)
        case Format.XLS:
            check_compound(path)
        case Format.CSV:
            dialect_of(path)


def rows_of(order: Order, limits: Limits) -> Iterator[tuple[int, list[Any]]]:
    """Numbered rows, as they stand in the sheet."""
    path = Path(order.path)
    if order.format == Format.CSV:
        return _numbered(text_rows(path, dialect_of(path), limits), limits)
    reader = patient_rows if order.reader == "patient" else quick_rows
    return reader(path, frozenset(order.known), limits)


def _numbered(rows: Iterable[list[str]], limits: Limits) -> Iterator[tuple[int, list[Any]]]:
    for number, row in enumerate(rows, 1):
        if len(row) > limits.columns:
            raise SheetRefused(Reason.TOO_MANY_COLUMNS, f"（最多 {limits.columns} 列。）")
        if number > limits.csv_rows:
            raise SheetRefused(Reason.TOO_MANY_ROWS, f"（CSV 最多 {limits.csv_rows} 行。）")
        yield number, row


def send_rows(order: Order, limits: Limits, out: IO[bytes]) -> None:
    """Rows after ``order.after`` in chunks; a gap between row numbers begins a new chunk."""
    chunk: list[list[Any]] = []
    first = 1
    last = 0
    for number, row in rows_of(order, limits):
        if number <= order.after:
            continue
        if chunk and (number != last + 1 or len(chunk) >= limits.chunk):
            _send(first, chunk, limits, out)
            chunk = []
        if not chunk:
            first = number
        chunk.append(row)
        last = number
    if chunk:
        _send(first, chunk, limits, out)


def _send(first: int, chunk: list[list[Any]], limits: Limits, out: IO[bytes]) -> None:
    try:
        for body in frames_of(first, chunk, limits.frame):
            out.write(len(body).to_bytes(PREFIX, "big"))
            out.write(body)
        out.flush()
    except ValueError as too_long:
        raise SheetRefused(Reason.LONG_CELL) from too_long


def answer(order: Order, limits: Limits, out: IO[bytes]) -> None:
    """Do what was asked; a refusal is an answer too."""
    try:
        if order.verb == "check":
            check(order, limits)
        else:
            send_rows(order, limits, out)
        write_frame(out, {"end": True})
    except SheetRefused as refused:
        write_frame(out, {"refused": refused.reason, "detail": refused.detail})
    except MemoryError:
        write_frame(out, {"refused": Reason.TOO_HEAVY})


def main() -> None:
    order = Order(**orjson.loads(sys.stdin.buffer.read()))
    confine(LIMITS, Path(order.path).stat().st_size)
    answer(order, LIMITS, sys.stdout.buffer)
    # No interpreter shutdown: freeing a sheet cell by cell takes as long as reading it.
    sys.stdout.buffer.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
