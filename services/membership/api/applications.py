"""Enrolment applications: written down, corrected, handed in, followed, taken back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.chassis.data.pages import Cut
from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    RequiresKey,
    TakesNoKey,
    tag,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageRequest
from services.chassis.web.route import UnitRoute
from services.membership.api.application_in import (
    ApplicationIn,
    ApplicationSearchIn,
    DecisionIn,
    ReasonIn,
)
from services.membership.api.application_out import ApplicationOut
from services.membership.api.depends import KnownPhone, VerifiedPhone
from services.membership.domain.application import State
from services.membership.usecases.applications.amend_application import amend_application
from services.membership.usecases.applications.find_applications import find_applications
from services.membership.usecases.applications.list_applications import list_applications
from services.membership.usecases.applications.list_my_applications import list_my_applications
from services.membership.usecases.applications.prepare_application import prepare_application
from services.membership.usecases.applications.read_application import read_application
from services.membership.usecases.applications.submit_application import submit_application
from services.membership.usecases.applications.withdraw_application import withdraw_application
from services.membership.usecases.decisions.decide_application import decide_application
from services.membership.usecases.decisions.return_application import return_application

router = APIRouter(prefix="/applications", tags=["applications"], route_class=UnitRoute)


class ListQuery(PageRequest):
    state: State | None = None
    union: UUID | None = Field(None, description="只看这个工会及其下级")
    batch: UUID | None = Field(None, description="只看这一批导入的名单")


@router.post(
    "", status_code=201, summary="填写入会申请", dependencies=[RequiresKey], responses=problems(404)
)
async def prepare(
    actor: CurrentActor,
    phone: VerifiedPhone,
    tx: CurrentTx,
    body: ApplicationIn,
    response: Response,
) -> ApplicationOut:
    made = await prepare_application(actor, tx, body.request(phone.number))
    tag(response, made.version)
    return ApplicationOut.of(actor, await read_application(actor, tx, made.id))


@router.get("", summary="入会申请列表", responses=problems(404))
async def listing(
    actor: CurrentActor, read: CurrentRead, asked: Annotated[ListQuery, Query()]
) -> Page[ApplicationOut]:
    views, following = await list_applications(
        actor, read, asked.cut, asked.state, asked.union, asked.batch
    )
    return Page(items=[ApplicationOut.of(actor, view) for view in views], next=following)


@router.post(
    "/searches", summary="查找入会申请", dependencies=[TakesNoKey], responses=problems(404)
)
async def search(
    actor: CurrentActor, read: CurrentRead, body: ApplicationSearchIn
) -> Page[ApplicationOut]:
    page = Cut(body.limit, body.after)
    views, following = await find_applications(actor, read, page, body.text, body.state)
    return Page(items=[ApplicationOut.of(actor, view) for view in views], next=following)


@router.get("/mine", summary="我的入会申请")
async def mine(actor: CurrentActor, phone: KnownPhone, read: CurrentRead) -> Page[ApplicationOut]:
    views = await list_my_applications(actor, read, phone.keys)
    return Page(items=[ApplicationOut.of(actor, view) for view in views])


@router.get("/{application_id}", summary="入会申请详情", responses=problems(404))
async def show(
    actor: CurrentActor,
    phone: KnownPhone,
    read: CurrentRead,
    application_id: UUID,
    response: Response,
) -> ApplicationOut:
    view = await read_application(actor, read, application_id, phone.keys)
    tag(response, view.row.version)
    return ApplicationOut.of(actor, view)


@router.patch("/{application_id}", summary="修改入会申请", responses=problems(404, 409, 412, 428))
async def amend(
    actor: CurrentActor,
    phone: VerifiedPhone,
    tx: CurrentTx,
    application_id: UUID,
    version: IfMatch,
    body: ApplicationIn,
    response: Response,
) -> ApplicationOut:
    request = body.request(phone.number)
    made = await amend_application(actor, tx, application_id, version, request, phone.keys)
    tag(response, made.version)
    return ApplicationOut.of(actor, await read_application(actor, tx, made.id))


@router.put(
    "/{application_id}/submission",
    summary="提交入会申请",
    dependencies=[RequiresKey],
    responses=problems(404, 409, 412, 428),
)
async def submit(
    actor: CurrentActor,
    phone: KnownPhone,
    tx: CurrentTx,
    application_id: UUID,
    version: IfMatch,
    response: Response,
) -> ApplicationOut:
    made = await submit_application(actor, tx, application_id, version, phone.keys)
    tag(response, made.version)
    return ApplicationOut.of(actor, await read_application(actor, tx, made.id))


@router.put(
    "/{application_id}/return",
    summary="退回补正",
    dependencies=[RequiresKey],
    responses=problems(404, 409, 412, 428),
)
async def give_back(
    actor: CurrentActor,
    tx: CurrentTx,
    application_id: UUID,
    version: IfMatch,
    body: ReasonIn,
    response: Response,
) -> ApplicationOut:
    made = await return_application(actor, tx, application_id, body.reason, version)
    tag(response, made.version)
    return ApplicationOut.of(actor, await read_application(actor, tx, made.id))


@router.put(
    "/{application_id}/decision",
    summary="审核决定：同意入会或不予通过",
    dependencies=[RequiresKey],
    responses=problems(404, 409, 412, 428),
)
async def decide(
    actor: CurrentActor,
    tx: CurrentTx,
    application_id: UUID,
    version: IfMatch,
    body: DecisionIn,
    response: Response,
) -> ApplicationOut:
    made = await decide_application(actor, tx, application_id, body.outcome, body.reason, version)
    tag(response, made.version)
    return ApplicationOut.of(actor, await read_application(actor, tx, made.id))


@router.put(
    "/{application_id}/withdrawal",
    summary="撤回入会申请",
    dependencies=[RequiresKey],
    responses=problems(404, 409, 412, 428),
)
async def withdraw(
    actor: CurrentActor,
    phone: KnownPhone,
    tx: CurrentTx,
    application_id: UUID,
    version: IfMatch,
    body: ReasonIn,
    response: Response,
) -> ApplicationOut:
    made = await withdraw_application(actor, tx, application_id, body.reason, version, phone.keys)
    tag(response, made.version)
    return ApplicationOut.of(actor, await read_application(actor, tx, made.id))
