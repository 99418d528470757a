"""The dry run: a sheet is read, judged and compared with the register, chunk by chunk.

Each chunk commits together with how far it reaches, so whatever kills the worker costs one chunk,
and the next attempt neither loses nor doubles a row.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from services.chassis.data.attachments import Attachments
from services.chassis.data.imports.columns import Column, known_headers
from services.chassis.data.imports.layout import PREVIEW, Layout, find_layout
from services.chassis.data.imports.reading import Chunk, read
from services.chassis.data.imports.refused import Reason, SheetRefused
from services.chassis.data.imports.sniff import Format
from services.chassis.data.jobs import Job, advance
from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.actors import Role
from services.membership.domain.import_batch import LIFECYCLE, Action, State
from services.membership.store import import_marks, imports
from services.membership.store.import_columns import gig_workers
from services.membership.store.tables import Import, ImportRow
from services.membership.usecases.imports.stage_rows import stage_rows

SYSTEM = (Role.SYSTEM,)
MARKED_AT_ONCE = 20_000


async def check_import(store: Store, job: Job, files: Attachments) -> Mapping[str, Any] | None:
    async with store.begin(job.actor) as tx:
        batch = await imports.lock(job.actor, tx, job.subject)
        _move(tx, batch, Action.CHECK)
    try:
        await _read(store, job, batch, files)
        await _compare(store, job)
    except SheetRefused as refused:
        await _fail(store, job, refused)
        return {"failure": str(refused.reason)}
    return None


async def _read(store: Store, job: Job, batch: Import, files: Attachments) -> None:
    columns = gig_workers()
    known = known_headers(columns)
    layout = imports.layout_of(batch) if batch.layout else None
    path = files.where(batch.stored_at)
    async with aclosing(read(path, Format(batch.format), known, batch.read_to)) as chunks:
        async for found, chunk in _laid_out(chunks, columns, layout):
            await _keep(store, job, columns, found, chunk)


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


async def _keep(
    store: Store, job: Job, columns: Sequence[Column], layout: Layout, chunk: Chunk
) -> None:
    async with store.begin(job.actor) as tx:
        batch = await imports.lock(job.actor, tx, job.subject)
        batch.layout = {
            "header_row": layout.header_row,
            "headers": list(layout.headers),
            "places": layout.places,
        }
        await stage_rows(tx, batch, columns, layout, chunk)
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
