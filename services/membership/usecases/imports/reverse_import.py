"""The clerk takes an import back: what nobody has decided yet is withdrawn beside the service."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Conflict
from services.membership.domain.import_batch import LIFECYCLE, OVER, Action, State
from services.membership.domain.policies import roles_of
from services.membership.store import imports
from services.membership.store.tables import Import
from services.membership.usecases.imports.on_import_watched import KIND as WATCHED
from services.membership.usecases.imports.on_import_watched import PAUSE

KIND = "import.undo"


class NothingApplied(Conflict):
    code = "nothing-applied"
    title = "没有可以撤销的申请"


async def reverse_import(
    actor: Actor, tx: Tx, import_id: UUID, version: int, reason: str = ""
) -> Import:
    batch = await imports.lock(actor, tx, import_id)
    before = State(batch.state)
    after = LIFECYCLE.after(before, Action.REVERSE, roles_of(actor))
    imports.refuse_stale(batch, version)
    if not batch.applied:
        raise NothingApplied("这次导入没有产生申请，不需要撤销。")
    if before in OVER:  # it no longer kept the same file from being sent again
        await imports.refuse_same(tx, batch.union_id, batch.sha256)
    batch.state = after
    batch.failure = batch.failure_detail = ""
    batch.version += 1
    batch.updated_at = tx.now
    batch.job_id = await tx.enqueue(KIND, batch.id)
    await tx.remind(WATCHED, batch.id, tx.now + PAUSE)
    await tx.record(
        "import.reversed",
        "import",
        batch.id,
        union_path=batch.union_path,
        before=before,
        after=after,
        reason=reason,
        applied=batch.applied,
    )
    return batch
