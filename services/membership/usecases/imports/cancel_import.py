"""The clerk stops an import; what was applied before stays until it is taken back."""

from uuid import UUID

from services.chassis.data.jobs import cancel
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.membership.domain.import_batch import LIFECYCLE, Action, State
from services.membership.domain.policies import roles_of
from services.membership.store import imports
from services.membership.store.tables import Import

KIND = "import.discard"


async def cancel_import(actor: Actor, tx: Tx, import_id: UUID, version: int) -> Import:
    batch = await imports.lock(actor, tx, import_id)
    before = State(batch.state)
    after = LIFECYCLE.after(before, Action.CANCEL, roles_of(actor))
    imports.refuse_stale(batch, version)
    if batch.job_id is not None:
        # A running chunk holds the sheet's row, so by now it is whole; the next one never begins.
        await cancel(tx, batch.job_id)
    batch.state = after
    batch.version += 1
    batch.updated_at = tx.now
    await imports.count(tx, batch)
    await tx.enqueue(KIND, batch.id)
    await tx.record(
        "import.cancelled",
        "import",
        batch.id,
        union_path=batch.union_path,
        before=before,
        after=after,
        applied=batch.applied,
    )
    return batch
