"""A confirmed sheet is applied chunk by chunk; each commits, so a killed worker goes on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.chassis.data.jobs import Job, advance
from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.actors import Role
from services.membership.domain.import_batch import LIFECYCLE, Action, RowState, State
from services.membership.store import import_marks, import_rows, imports, unions
from services.membership.store.tables import Import, ImportRow
from services.membership.usecases.imports.submit_rows import submit_rows

CHUNK = 5_000


async def apply_import(store: Store, job: Job) -> None:
    """The right of whoever confirmed is looked at again before each chunk."""
    after = 0
    while True:
        async with store.begin(job.actor) as tx:
            job.actor.require(Role.CLERK)
            batch = await imports.lock(job.actor, tx, job.subject)
            if batch.state != State.APPLYING:
                return  # an attempt that was killed had finished, or the clerk cancelled
            last = await _apply_chunk(tx, batch, after)
            if last is None and not after:
                await _finish(tx, batch)
                return
            # At the end, look again from the start: a row may have lost a race for its document.
            after = last or 0
            total = batch.applied + batch.ready
            await advance(tx, job, batch.applied, total, f"已导入 {batch.applied} 人")


async def _apply_chunk(tx: Tx, batch: Import, after: int) -> int | None:
    """The last row of the chunk, or nothing once no row is ready any more."""
    rows = await _ready(tx, batch, after)
    if not rows:
        return None
    first, last = int(rows[0].number), int(rows[-1].number)
    # Somebody may have been admitted, or have applied, since the sheet was checked.
    stretch = ImportRow.number.between(first, last) & (ImportRow.state == RowState.READY)
    marked = await import_marks.mark(tx, batch, stretch)
    if marked:
        rows = [row for row in await _ready(tx, batch, after) if row.number <= last]
    union = await unions.hold(tx, batch.union_id)
    made = await submit_rows(tx, batch, union, rows)
    batch.applied += made
    batch.duplicate += marked
    batch.ready -= made + marked
    await tx.record(
        "import.applied",
        "import",
        batch.id,
        union_path=batch.union_path,
        rows=len(rows),
        made=made,
        first_row=first,
        last_row=last,
    )
    return last


async def _ready(tx: Tx, batch: Import, after: int) -> Sequence[Row[Any]]:
    states, columns = [RowState.READY], import_rows.SEALED
    return await import_rows.following(tx, batch.id, states, after, CHUNK, columns)


async def _finish(tx: Tx, batch: Import) -> None:
    batch.state = LIFECYCLE.after(State(batch.state), Action.FINISH_APPLY, (Role.SYSTEM,))
    batch.version += 1
    batch.applied_at = batch.updated_at = tx.now
    await imports.count(tx, batch)
    await tx.record(
        "import.finished",
        "import",
        batch.id,
        union_path=batch.union_path,
        before=State.APPLYING,
        after=batch.state,
        applied=batch.applied,
    )
