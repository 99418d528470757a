"""The clerk confirms a checked sheet: its ready rows are applied beside the service.

Confirming states that everybody on the list agreed in writing; ``evidence`` names that list (S-16).
"""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Conflict
from services.membership.domain.import_batch import LIFECYCLE, Action, State
from services.membership.domain.policies import refuse_other_place, roles_of
from services.membership.store import imports
from services.membership.store.tables import Import
from services.membership.usecases.imports.on_import_watched import KIND as WATCHED
from services.membership.usecases.imports.on_import_watched import PAUSE

KIND = "import.apply"


class NothingReady(Conflict):
    code = "nothing-ready"
    title = "没有可以导入的行"


async def confirm_import(
    actor: Actor, tx: Tx, import_id: UUID, version: int, evidence: str = ""
) -> Import:
    batch = await imports.lock(actor, tx, import_id)
    before = State(batch.state)
    after = LIFECYCLE.after(before, Action.CONFIRM, roles_of(actor))
    refuse_other_place(actor, batch.union_path)
    imports.refuse_stale(batch, version)
    if not batch.ready:
        raise NothingReady("没有可以导入的行，请先修改有问题的行，或下载退回的行改好再上传。")
    if before == State.FAILED:  # it no longer kept the same file from being sent again
        await imports.refuse_same(tx, batch.union_id, batch.sha256)
    batch.state = after
    batch.failure = batch.failure_detail = ""
    batch.version += 1
    batch.updated_at = batch.confirmed_at = tx.now
    batch.confirmed_by, batch.confirmed_name = actor.id, actor.name
    batch.evidence = evidence
    batch.job_id = await tx.enqueue(KIND, batch.id)
    await tx.remind(WATCHED, batch.id, tx.now + PAUSE)
    await tx.record(
        "import.confirmed",
        "import",
        batch.id,
        union_path=batch.union_path,
        before=before,
        after=after,
        ready=batch.ready,
    )
    return batch
