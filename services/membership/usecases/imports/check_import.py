"""The dry run: a sheet is read, judged and compared with the register, chunk by chunk.

Each chunk commits together with how far it reaches, so whatever kills the worker costs one chunk,
and the next attempt neither loses nor doubles a row.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from services.chassis.data.attachments import Attachments
from services.chassis.data.imports.check import check_chunk
from services.chassis.data.imports.columns import Column, known_headers
from services.chassis.data.imports.layout import PREVIEW, Layout, find_layout
from services.chassis.data.imports.reading import Chunk, read
from services.chassis.data.imports.refused import Reason, SheetRefused
from services.chassis.data.imports.sniff import Format
from services.chassis.data.jobs import Job, JobLost, advance
from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.actors import Role
from services.membership.domain.import_batch import LIFECYCLE, Action, State
from services.membership.store import import_marks, import_rows, imports, parameters
from services.membership.store.import_columns import gig_workers
from services.membership.store.tables import Import, ImportRow
from services.membership.usecases.imports.judge_chunk import judge_chunk

SYSTEM = (Role.SYSTEM,)
MARKED_AT_ONCE = 20_000


async def check_import(store: Store, job: Job, files: Attachments) -> Mapping[str, Any] | None:
    async with store.begin(job.actor) as tx:
        batch = await imports.lock(job.actor, tx, job.subject)
        path = files.where(batch.stored_at)
        if batch.state not in (State.RECEIVED, State.CHECKING):
            # An attempt that was killed had finished already, or the clerk cancelled.
            path.unlink(missing_ok=True)
            return None
        _move(tx, batch, Action.CHECK)
        minimum = await parameters.value_of(tx, "minimum_age", batch.union_path, tx.today)
        judge = Judge(store.sealer, batch.id, tx.today, int(minimum))
    try:
        await _read(store, job, batch, path, judge)
        await _compare(store, job)
    except SheetRefused as refused:
        await _fail(store, job, refused)
    # Every row is kept, sealed; the file itself is in the clear and no longer needed (S-04).
    path.unlink(missing_ok=True)
    return None


@dataclass(frozen=True, slots=True)
class Judge:
    """What it takes to turn a chunk of a sheet into rows of the table."""

    sealer: Sealer
    import_id: UUID
    today: date
    minimum_age: int

    def __call__(self, layout: Layout, chunk: Chunk) -> list[tuple[Any, ...]]:
        columns = gig_workers()
        checked = check_chunk(columns, layout, chunk.first, chunk.rows)
        rows = judge_chunk(columns, checked, self.today, self.minimum_age)
        return import_rows.sealed_records(self.sealer, self.import_id, rows)


@dataclass(frozen=True, slots=True)
class Judged:
    """A chunk's rows, and the key by which their documents are indexed."""

    layout: Layout
    chunk: Chunk
    records: Sequence[tuple[Any, ...]]
    indexed_by: int


async def _read(store: Store, job: Job, batch: Import, path: Path, judge: Judge) -> None:
    """While one chunk is being kept, the next is judged in a thread."""
    known = known_headers(gig_workers())
    layout = imports.layout_of(batch) if batch.layout else None
    keeping: asyncio.Task[None] | None = None
    try:
        async with aclosing(read(path, Format(batch.format), known, batch.read_to)) as chunks:
            async for found, chunk in _laid_out(chunks, gig_workers(), layout):
                by = store.sealer.index_key
                records = await asyncio.to_thread(judge, found, chunk)
                if keeping is not None:
                    await keeping
                judged = Judged(found, chunk, records, by)
                keeping = asyncio.create_task(_keep(store, job, judge, judged))
        if keeping is not None:
            await keeping
    finally:
        if keeping is not None:
            await asyncio.gather(keeping, return_exceptions=True)


async def _laid_out(
    chunks: AsyncIterator[Chunk], columns: Sequence[Column], layout: Layout | None
) -> AsyncIterator[tuple[Layout, Chunk]]:
    """Chunks with the layout, which takes the first rows of the sheet to find."""
    waiting: list[Chunk] = []
    async for chunk in chunks:
        waiting.append(chunk)
        if layout is None and chunk.first + len(chunk.rows) <= PREVIEW:
            continue
        layout = layout or find_layout(columns, _numbered(waiting))
        for one in waiting:
            yield layout, one
        waiting = []
    if waiting:
        layout = find_layout(columns, _numbered(waiting))
        for one in waiting:
            yield layout, one


def _numbered(chunks: Sequence[Chunk]) -> list[tuple[int, list[Any]]]:
    return [(c.first + place, row) for c in chunks for place, row in enumerate(c.rows)]


async def _keep(store: Store, job: Job, judge: Judge, judged: Judged) -> None:
    """Rows and how far the sheet is read commit together; whoever comes second is told so."""
    layout, chunk, records = judged.layout, judged.chunk, judged.records
    async with store.begin(job.actor) as tx:
        if judged.indexed_by != tx.sealer.index_key:  # it changed meanwhile
            records = await asyncio.to_thread(replace(judge, sealer=tx.sealer), layout, chunk)
        batch = await imports.lock(job.actor, tx, job.subject)
        if chunk.first <= batch.read_to:
            raise JobLost(str(job.id))
        batch.layout = {
            "header_row": layout.header_row,
            "headers": list(layout.headers),
            "places": layout.places,
        }
        await import_rows.stage(tx, records)
        batch.read_to = chunk.first + len(chunk.rows) - 1
        batch.total += len(records)
        await advance(tx, job, batch.total, message=f"已读取 {batch.total} 行")


async def _compare(store: Store, job: Job) -> None:
    """Duplicates in the sheet, in the register and among applications, in stretches of rows."""
    while True:
        async with store.begin(job.actor) as tx:
            batch = await imports.lock(job.actor, tx, job.subject)
            if not batch.total:
                raise SheetRefused(Reason.EMPTY)
            last = min(batch.marked_to + MARKED_AT_ONCE, batch.read_to)
            await import_marks.mark(tx, batch, ImportRow.number.between(batch.marked_to + 1, last))
            batch.marked_to = last
            message = f"已读取 {batch.total} 行，正在查重"
            await advance(tx, job, batch.total, batch.total, message)
            if last < batch.read_to:
                continue
            await imports.count(tx, batch)
            _move(tx, batch, Action.FINISH_CHECK)
            batch.checked_at = tx.now
            await _note(tx, batch, "import.checked")
            return


async def _fail(store: Store, job: Job, refused: SheetRefused) -> None:
    async with store.begin(job.actor) as tx:
        batch = await imports.lock(job.actor, tx, job.subject)
        _move(tx, batch, Action.FAIL)
        batch.failure, batch.failure_detail = str(refused.reason), refused.detail
        await _note(tx, batch, "import.failed")


def _move(tx: Tx, batch: Import, action: Action) -> None:
    before = State(batch.state)
    batch.state = LIFECYCLE.after(before, action, SYSTEM)
    if batch.state != before:
        batch.version += 1
        batch.updated_at = tx.now


async def _note(tx: Tx, batch: Import, action: str) -> None:
    await tx.record(
        action,
        "import",
        batch.id,
        union_path=batch.union_path,
        before=State.CHECKING,
        after=batch.state,
        reason=batch.failure,
        total=batch.total,
        ready=batch.ready,
        faulty=batch.faulty,
        duplicate=batch.duplicate,
    )
