"""The review clock has run out: look again, and ask the union above to step in (M-08)."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.membership.domain.application import Action, State
from services.membership.domain.union import upper_path
from services.membership.store import application_steps, applications

OVERDUE = "审核超过期限，已提请上级工会督办。"


async def on_review_overdue(tx: Tx, application_id: UUID) -> None:
    application = await applications.lock(tx.actor, tx, application_id)
    if application.state != State.SUBMITTED or application.escalated_to:
        return
    if application.review_due_at is not None and application.review_due_at > tx.now:
        await tx.remind("review", application.id, application.review_due_at)
        return
    application.escalated_to = upper_path(application.union_path) or application.union_path
    application.updated_at = tx.now
    application.version += 1
    await application_steps.note(
        tx, application, Action.ESCALATE, application.state, reason=OVERDUE, rule="M-08"
    )
