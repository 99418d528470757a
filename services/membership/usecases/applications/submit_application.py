"""An application is handed in, perhaps once more after a return; the clock starts (M-08)."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.calendar import end_of_day, shipped
from services.chassis.kernel.refusals import FieldError, Stale, Unprocessable
from services.membership.domain.application import LIFECYCLE, Action, State, review_due
from services.membership.domain.consent import missing
from services.membership.domain.policies import roles_of
from services.membership.domain.register import already_member
from services.membership.store import (
    application_steps,
    applications,
    consents,
    memberships,
    parameters,
    unions,
)
from services.membership.store.tables import Application

MUST = "请阅读并同意《{}》。"
STALE = "这份申请刚被别人修改过，请刷新后核对再提交。"


async def submit_application(
    actor: Actor,
    tx: Tx,
    application_id: UUID,
    version: int | None = None,
    own_phone: tuple[bytes, ...] = (),
) -> Application:
    application = await applications.lock(actor, tx, application_id, own_phone)
    before = State(application.state)
    after = LIFECYCLE.after(before, Action.SUBMIT, roles_of(actor))
    if version not in (None, application.version):
        raise Stale(STALE)
    await unions.hold(tx, application.union_id)
    await _refuse_without_consent(tx, application)
    await _look_for_membership(actor, tx, application, own_phone)
    async with applications.one_waiting(tx):
        application.state = after
        application.submitted_at = application.updated_at = tx.now
        application.version += 1
        application.reason = ""
    await _start_clock(tx, application)
    await application_steps.note(tx, application, Action.SUBMIT, before, rule="M-03")
    return application


async def _refuse_without_consent(tx: Tx, application: Application) -> None:
    """Each required purpose needs its own consent before anything is processed (S-02, S-03)."""
    texts = [consents.as_text(row) for row in await consents.texts(tx, tx.today)]
    lacking = missing(texts, await consents.agreed_texts(tx, application.id), tx.today)
    if lacking:
        errors = [
            FieldError("/consents", "missing", f"请阅读并同意《{t.title}》。") for t in lacking
        ]
        raise Unprocessable("还有必须同意的事项没有勾选。", errors)


async def _look_for_membership(
    actor: Actor, tx: Tx, application: Application, own_phone: tuple[bytes, ...]
) -> None:
    """Staff, and the member on their own phone, are told where; others hear nothing (M-21)."""
    member = await memberships.open_union_of(tx, application.document_key)
    application.conflict_union_id = member.union_id if member else None
    if member is None:
        return
    is_theirs = member.phone_key in own_phone
    if actor.kind is Kind.STAFF or is_theirs:
        raise already_member(member.name, member.phone or "", to_member=is_theirs)


async def _start_clock(tx: Tx, application: Application) -> None:
    days = await parameters.value_of(tx, "join_review_days", application.union_path, tx.today)
    due = review_due(tx.today, int(days), shipped())
    application.review_due_at = end_of_day(due.day)
    application.review_clock = {
        "rule": "M-08",
        "due_on": due.day.isoformat(),
        "provisional": due.provisional,
        "steps": [due.rule, *due.steps],
    }
    application.escalated_to = None
    await tx.remind("review", application.id, application.review_due_at)
