"""A reviewer admits or refuses one application; a new member gets number, history and card."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Stale
from services.membership.domain.application import Outcome
from services.membership.domain.events import ApplicationDecided, MemberAdmitted
from services.membership.store import applications
from services.membership.store.tables import Application
from services.membership.usecases.decisions.decide_applications import decide_applications

STALE = "这份申请刚被别人修改过，请刷新后核对再决定。"


async def decide_application(
    actor: Actor,
    tx: Tx,
    application_id: UUID,
    outcome: Outcome,
    reason: str,
    version: int | None = None,
) -> Application:
    application = await applications.lock(actor, tx, application_id)
    if version not in (None, application.version):
        raise Stale(STALE)
    (result,) = await decide_applications(actor, tx, [application_id], outcome, reason)
    if result.refusal is not None:
        raise result.refusal
    await tx.session.refresh(application)
    if result.membership_id is not None and result.person_id is not None:
        await tx.emit(
            MemberAdmitted(
                subject=result.membership_id,
                person_id=result.person_id,
                union_id=application.union_id,
                union_path=application.union_path,
                application_id=application.id,
            )
        )
    await tx.emit(
        ApplicationDecided(
            subject=application.id,
            outcome=outcome,
            union_id=application.union_id,
            applicant_id=application.applicant_id,
        )
    )
    return application
