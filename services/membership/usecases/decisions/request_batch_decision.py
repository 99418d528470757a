"""A reviewer decides a whole imported list; the work is done beside the service."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import FieldError, NotFound, Unprocessable
from services.membership.domain.application import DECIDERS, Outcome
from services.membership.store import applications

KIND = "decide.batch"
WHY = "请写明不予通过的理由，申请人会看到。"


@dataclass(frozen=True, slots=True)
class Requested:
    job_id: UUID
    waiting: int


async def request_batch_decision(
    actor: Actor, tx: Tx, batch_id: UUID, outcome: Outcome, reason: str
) -> Requested:
    actor.require(*DECIDERS)
    if outcome is Outcome.REFUSED and not reason:
        raise Unprocessable(WHY, [FieldError("/reason", "missing", WHY)])
    waiting = await applications.count_waiting_of_batch(actor, tx, batch_id)
    if not waiting:
        raise NotFound("这批名单里没有等待审核的申请，或它不在您的管理范围内。")
    job_id = await tx.enqueue(KIND, batch_id, outcome=str(outcome), reason=reason)
    await tx.record(
        "batch.decision-requested", "batch", batch_id, after=str(outcome), reason=reason, n=waiting
    )
    return Requested(job_id, waiting)
