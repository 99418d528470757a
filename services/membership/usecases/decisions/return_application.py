"""A reviewer gives an application back with what is to be mended (M-08)."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import FieldError, Stale, Unprocessable
from services.membership.domain.application import LIFECYCLE, Action, State
from services.membership.domain.policies import refuse_own_hand, roles_of
from services.membership.store import application_steps, applications
from services.membership.store.tables import Application

STALE = "这份申请刚被别人修改过，请刷新后核对再退回。"
WHY = "请写明需要补正的内容，申请人会看到。"


async def return_application(
    actor: Actor, tx: Tx, application_id: UUID, reason: str, version: int | None = None
) -> Application:
    application = await applications.lock(actor, tx, application_id)
    before = State(application.state)
    after = LIFECYCLE.after(before, Action.RETURN, roles_of(actor))
    refuse_own_hand(actor, (await application_steps.hands_of(tx, [application]))[application.id])
    if version not in (None, application.version):
        raise Stale(STALE)
    if not reason:
        raise Unprocessable(WHY, [FieldError("/reason", "missing", WHY)])
    application.state = after
    application.reason = reason
    application.updated_at = tx.now
    application.version += 1
    await tx.forget("review", application.id)
    await application_steps.note(tx, application, Action.RETURN, before, reason=reason, rule="M-08")
    return application
