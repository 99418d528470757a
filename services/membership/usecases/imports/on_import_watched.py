"""A sheet is at work: look whether anybody still works on it, and give it back if nobody does."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Role
from services.membership.domain.import_batch import LIFECYCLE, RUNNING, Action, State
from services.membership.store import imports
from services.membership.usecases.imports.cancel_import import KIND as DISCARD

KIND = "import-watched"
PAUSE = timedelta(seconds=30)
GIVEN_UP = ("failed", "cancelled")

UNREAD = "系统多次尝试仍未能检查完这张表，请重新上传；如仍不成功，请联系系统管理员。"
# What the clerk can do now, by what was being done.
WAYS_ON = {
    State.RECEIVED: UNREAD,
    State.CHECKING: UNREAD,
    State.APPLYING: "系统多次尝试仍未能全部导入。可以再次确认，接着导入；也可以撤销已导入的。",
    State.UNDOING: "系统多次尝试仍未能全部撤销，可以再次撤销，接着办理。",
}


async def on_import_watched(tx: Tx, import_id: UUID) -> None:
    """A job that was tried to the end is never the state of the sheet."""
    batch = await imports.lock(tx.actor, tx, import_id)
    before = State(batch.state)
    if before not in RUNNING:
        return
    jobs = tx.store.tables.jobs.c
    job = await tx.first(select(jobs.state, jobs.error_code).where(jobs.id == batch.job_id))
    if job is not None and job.state not in GIVEN_UP:
        await tx.remind(KIND, batch.id, tx.now + PAUSE)
        return
    batch.state = LIFECYCLE.after(before, Action.FAIL, (Role.SYSTEM,))
    batch.version += 1
    batch.updated_at = tx.now
    batch.failure, batch.failure_detail = "given-up", WAYS_ON[before]
    if before in (State.RECEIVED, State.CHECKING):
        await tx.enqueue(DISCARD, batch.id)  # the file is in the clear, and no longer needed (S-04)
    else:
        await imports.count(tx, batch)
    await tx.record(
        "import.failed",
        "import",
        batch.id,
        union_path=batch.union_path,
        before=before,
        after=batch.state,
        reason=job.error_code if job else "no-job",
        applied=batch.applied,
    )
