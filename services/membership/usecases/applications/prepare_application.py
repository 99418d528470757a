"""A worker on their own phone, or a clerk at the counter, writes an application down (M-03)."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import FieldError, Unprocessable
from services.membership.domain.application import Channel, State
from services.membership.domain.enrolment import Checked, Request, check_request
from services.membership.domain.numbers import application_number
from services.membership.domain.policies import refuse_other_place
from services.membership.store import consents, parameters, unions
from services.membership.store.enrolment_columns import enrolment_columns
from services.membership.store.facts import document_key, person_columns
from services.membership.store.reference import code_book
from services.membership.store.tables import Application, Union

WHERE = "请扫描工会海报上的二维码，或选择要加入的工会。"


async def prepare_application(actor: Actor, tx: Tx, request: Request) -> Application:
    actor.require(Role.WORKER, Role.CLERK)
    union = await _union(tx, request)
    refuse_other_place(actor, union.path)
    minimum = await parameters.value_of(tx, "minimum_age", union.path, tx.today)
    checked = check_request(request, code_book(), tx.today, int(minimum))
    application = _row(actor, tx, request, checked, union)
    tx.session.add(application)
    await tx.session.flush()
    await consents.give(
        tx,
        request.consents,
        channel=_consent_channel(actor),
        evidence=f"session:{actor.session or actor.id}",
        application_id=application.id,
    )
    await tx.record(
        "application.prepared",
        "application",
        application.id,
        union_path=union.path,
        after=application.state,
        channel=application.channel,
    )
    return application


async def _union(tx: Tx, request: Request) -> Union:
    if request.poster:
        union_id: UUID = (await unions.by_poster(tx, request.poster.strip().upper())).id
    elif request.union_id:
        union_id = request.union_id
    else:
        raise Unprocessable(WHERE, [FieldError("/union_id", "missing", WHERE)])
    return await unions.hold(tx, union_id)


def _row(actor: Actor, tx: Tx, request: Request, checked: Checked, union: Union) -> Application:
    id_ = new_id()
    person = checked.person
    return Application(
        id=id_,
        number=application_number(tx.today, id_),
        union_id=union.id,
        union_path=union.path,
        state=State.DRAFT,
        channel=_channel(actor, request),
        poster=request.poster,
        document_key=document_key(tx.sealer, person.document.kind, person.document.number),
        applicant_id=actor.id if actor.kind is Kind.WORKER else None,
        prepared_by=actor.id,
        prepared_name="本人" if actor.kind is Kind.WORKER else actor.name,
        reason="",
        created_at=tx.now,
        updated_at=tx.now,
        **person_columns(tx.sealer, "applications", id_, person),
        **enrolment_columns(request, checked),
    )


def _channel(actor: Actor, request: Request) -> Channel:
    if actor.kind is not Kind.WORKER:
        return Channel.COUNTER
    return Channel.SCAN if request.poster else Channel.ONLINE


def _consent_channel(actor: Actor) -> Channel:
    return Channel.ONLINE if actor.kind is Kind.WORKER else Channel.COUNTER
