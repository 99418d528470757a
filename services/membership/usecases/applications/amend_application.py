"""Whoever prepared an application, or a colleague, corrects it before it is handed in again."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.lifecycle import WrongState
from services.chassis.kernel.refusals import Stale
from services.membership.domain.application import EDITABLE, LIFECYCLE, PREPARERS, Channel, State
from services.membership.domain.enrolment import Request, check_request
from services.membership.domain.policies import refuse_other_place
from services.membership.store import applications, consents, parameters, unions
from services.membership.store.enrolment_columns import enrolment_columns
from services.membership.store.facts import document_key, person_columns
from services.membership.store.reference import code_book
from services.membership.store.tables import Application

STALE = "这份申请刚被别人修改过，请刷新后核对再保存，您填写的内容已为您保留。"


async def amend_application(
    actor: Actor,
    tx: Tx,
    application_id: UUID,
    version: int,
    request: Request,
    own_phone: tuple[bytes, ...] = (),
) -> Application:
    application = await applications.lock(actor, tx, application_id, own_phone)
    actor.require(*PREPARERS)
    _refuse_unless_editable(application)
    if application.version != version:
        raise Stale(STALE)
    await _move(actor, tx, application, request)
    minimum = await parameters.value_of(tx, "minimum_age", application.union_path, tx.today)
    checked = check_request(request, code_book(), tx.today, int(minimum))
    person = checked.person
    columns = person_columns(tx.sealer, "applications", application.id, person)
    columns |= enrolment_columns(request, checked)
    columns["document_key"] = document_key(tx.sealer, person.document.kind, person.document.number)
    async with applications.one_waiting(tx):
        for name, value in columns.items():
            setattr(application, name, value)
        application.version += 1
        application.updated_at = tx.now
        if actor.kind is Kind.STAFF:
            application.prepared_by, application.prepared_name = actor.id, actor.name
    channel = Channel.ONLINE if application.applicant_id else Channel.COUNTER
    await consents.give(
        tx,
        request.consents,
        channel=channel,
        evidence=f"session:{actor.session or actor.id}",
        application_id=application.id,
    )
    await tx.record(
        "application.amended", "application", application.id, union_path=application.union_path
    )
    return application


def _refuse_unless_editable(application: Application) -> None:
    state = State(application.state)
    if state not in EDITABLE:
        raise WrongState(
            f"当前状态为“{LIFECYCLE.label(state)}”，不能修改。请刷新页面查看最新状态。",
            state=str(state),
            action="amend",
        )


async def _move(actor: Actor, tx: Tx, application: Application, request: Request) -> None:
    """Another union may be chosen as long as nothing was handed in."""
    if request.union_id in (None, application.union_id):
        return
    assert request.union_id is not None  # noqa: S101  # told apart above
    union = await unions.hold(tx, request.union_id)
    refuse_other_place(actor, union.path)
    application.union_id, application.union_path = union.id, union.path
