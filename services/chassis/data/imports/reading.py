"""The parent's side: start the limited child, take its messages, outlive whatever happens to it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from services.chassis.data.imports.frames import PREFIX
from services.chassis.data.imports.limits import LIMITS, Limits
from services.chassis.data.imports.order import Order
from services.chassis.data.imports.refused import Reason, SheetRefused
from services.chassis.data.imports.sniff import Format, check_name, sniff

CHILD = "services.chassis.data.imports.child"
ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows as they stand in the sheet; ``first`` is the number of the first of them."""

    first: int
    rows: list[list[Any]]


class _Died(Exception):
    """The child ended without saying why."""


async def inspect(path: Path, file_name: str, limits: Limits = LIMITS) -> Format:
    """The format of an upload that is fit to be read; refuses every other with its reason."""
    found = sniff(path)
    try:
        async with aclosing(_messages(Order("check", str(path), found), limits)) as messages:
            async for _ in messages:
                continue
    except _Died:
        raise SheetRefused(Reason.TOO_HEAVY) from None
    # Last: a workbook with a password is a container of another kind, and the password is the news.
    check_name(found, file_name)
    return found


async def read(
    path: Path,
    format_: Format,
    known: Collection[str] = (),
    after: int = 0,
    limits: Limits = LIMITS,
) -> AsyncGenerator[Chunk]:
    """Chunks of rows after row number ``after``; the patient reader steps in for the quick one."""
    order = Order("read", str(path), format_, "quick", after, tuple(sorted(known)))
    begun = False
    try:
        async with aclosing(_messages(order, limits)) as chunks:
            async for chunk in chunks:
                begun = True
                yield chunk
        return
    except _Died:
        if begun or format_ is not Format.XLSX:
            raise SheetRefused(Reason.TOO_HEAVY) from None
    except SheetRefused as refused:
        if begun or format_ is not Format.XLSX or refused.reason is not Reason.TRUNCATED:
            raise
    try:
        async with aclosing(_messages(replace(order, reader="patient"), limits)) as chunks:
            async for chunk in chunks:
                yield chunk
    except _Died:
        raise SheetRefused(Reason.TOO_HEAVY) from None


async def _messages(order: Order, limits: Limits) -> AsyncGenerator[Chunk]:
    async with _child(order) as process:
        assert process.stdout is not None  # noqa: S101  # PIPE was asked for; this tells the type checker
        while True:
            message = await _next(process.stdout, limits)
            if "end" in message:
                return
            if "refused" in message:
                raise _refusal(message)
            yield Chunk(message["first"], message["rows"])


async def _next(out: asyncio.StreamReader, limits: Limits) -> dict[str, Any]:
    try:
        async with asyncio.timeout(limits.silence_seconds):
            size = int.from_bytes(await out.readexactly(PREFIX), "big")
            if size > limits.frame:
                raise _Died
            message = orjson.loads(await out.readexactly(size))
    except (TimeoutError, asyncio.IncompleteReadError, orjson.JSONDecodeError):
        raise _Died from None
    if not isinstance(message, dict):
        raise _Died
    return message


def _refusal(message: dict[str, Any]) -> SheetRefused:
    refused = SheetRefused(Reason(message["refused"]))
    refused.detail = str(message.get("detail") or refused.detail)
    return refused


@asynccontextmanager
async def _child(order: Order) -> AsyncIterator[Process]:
    """A child with an empty environment, killed hard however its parent leaves."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        CHILD,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=ROOT,
        env={"PYTHONUTF8": "1", "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        start_new_session=True,
    )
    try:
        assert process.stdin is not None  # noqa: S101  # PIPE was asked for
        process.stdin.write(orjson.dumps(asdict(order)))
        process.stdin.close()
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
