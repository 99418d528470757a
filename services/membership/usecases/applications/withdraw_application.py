"""The applicant, or the clerk for them, takes an application back; consents end with it (S-03)."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Stale
from services.membership.domain.application import LIFECYCLE, Action, State
from services.membership.domain.policies import roles_of
from services.membership.store import applications
from services.membership.store.tables import Application
from services.membership.usecases.applications.take_back import take_back

STALE = "这份申请刚被别人修改过，请刷新后再撤回。"


async def withdraw_application(
    actor: Actor,
    tx: Tx,
    application_id: UUID,
    reason: str,
    version: int | None = None,
    own_phone: tuple[bytes, ...] = (),
) -> Application:
    application = await applications.lock(actor, tx, application_id, own_phone)
    LIFECYCLE.after(State(application.state), Action.WITHDRAW, roles_of(actor))
    if version not in (None, application.version):
        raise Stale(STALE)
    await take_back(actor, tx, application, reason)
    return application
