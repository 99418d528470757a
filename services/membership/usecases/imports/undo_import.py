"""Applications of a reversed sheet are withdrawn in chunks; those already decided are kept."""

from services.chassis.data.jobs import Job, advance
from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.actors import Role
from services.membership.domain.import_batch import LIFECYCLE, Action, State
from services.membership.store import import_reversals, imports
from services.membership.store.tables import Import

CHUNK = 2_000
REASON = "导入名单已整体撤销。"


async def undo_import(store: Store, job: Job) -> None:
    while True:
        async with store.begin(job.actor) as tx:
            job.actor.require(Role.CLERK)
            batch = await imports.lock(job.actor, tx, job.subject)
            if batch.state != State.UNDOING:
                return  # an attempt that was killed had finished already
            some = await import_reversals.withdraw_some(tx, batch, CHUNK, REASON)
            if not some.withdrawn + some.kept:
                await _finish(tx, batch)
                return
            batch.applied -= some.withdrawn + some.kept
            batch.undone += some.withdrawn
            batch.kept += some.kept
            done = batch.undone + batch.kept
            await tx.record(
                "import.undone",
                "import",
                batch.id,
                union_path=batch.union_path,
                undone=some.withdrawn,
                kept=some.kept,
                consents=some.consents,
            )
            await advance(tx, job, done, done + batch.applied, f"已撤销 {batch.undone} 人")


async def _finish(tx: Tx, batch: Import) -> None:
    batch.state = LIFECYCLE.after(State(batch.state), Action.FINISH_REVERSE, (Role.SYSTEM,))
    batch.version += 1
    batch.updated_at = tx.now
    await imports.count(tx, batch)
    await tx.record(
        "import.undone",
        "import",
        batch.id,
        union_path=batch.union_path,
        before=State.UNDOING,
        after=batch.state,
        undone=batch.undone,
        kept=batch.kept,
    )
