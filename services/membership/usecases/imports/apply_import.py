"""A confirmed sheet is applied chunk by chunk; each commits, so a killed worker goes on."""

from services.chassis.data.jobs import Job, advance
from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.actors import Role
from services.membership.domain.import_batch import LIFECYCLE, Action, RowState, State
from services.membership.store import import_marks, import_rows, imports, unions
from services.membership.store.tables import Import, ImportRow
from services.membership.usecases.imports.submit_rows import submit_rows

CHUNK = 2_000


async def apply_import(store: Store, job: Job) -> None:
    """The right of whoever confirmed is looked at again before each chunk."""
    while True:
        async with store.begin(job.actor) as tx:
            job.actor.require(Role.CLERK)
            batch = await imports.lock(job.actor, tx, job.subject)
            if not await _apply_chunk(tx, batch):
                await _finish(tx, batch)
                return
            total = batch.applied + batch.ready
            await advance(tx, job, batch.applied, total, f"已导入 {batch.applied} 人")


async def _apply_chunk(tx: Tx, batch: Import) -> bool:
    """False once no row is ready any more."""
    rows = await import_rows.following(tx, batch.id, [RowState.READY], 0, CHUNK)
    if not rows:
        return False
    # Somebody may have been admitted, or have applied, since the sheet was checked.
    stretch = ImportRow.number.between(rows[0].number, rows[-1].number)
    marked = await import_marks.mark(tx, batch, stretch & (ImportRow.state == RowState.READY))
    rows = await import_rows.following(tx, batch.id, [RowState.READY], 0, len(rows))
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
        first_row=rows[0].number if rows else 0,
        last_row=rows[-1].number if rows else 0,
    )
    return True


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
