"""The webhooks that API clients manage, as every service offers them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.chassis.data import hooks
from services.chassis.data.hooks import require_manager, require_owner
from services.chassis.data.pages import cut
from services.chassis.data.read import Read
from services.chassis.edge.targets import TargetRefused
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.hooks import HookState
from services.chassis.kernel.refusals import FieldError, Unprocessable
from services.chassis.web.depends import (
    CurrentRead,
    CurrentTx,
    IfMatch,
    RequiresKey,
    match,
    read_actor,
    tag,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageRequest
from services.chassis.web.route import UnitRoute
from services.chassis.web.text import Line
from services.chassis.web.webhook_shapes import (
    NewWebhookOut,
    RotationIn,
    SecretOut,
    StateIn,
    WebhookIn,
    WebhookOut,
)

webhooks_router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=UnitRoute)

TOPIC_UNKNOWN = "没有这个事件主题，请对照 /api/asyncapi.json。"
BAD_TARGET = "接收地址不能使用，请更换。"


async def manager(request: Request, actor: Annotated[Actor, Depends(read_actor)]) -> Actor:
    require_manager(actor, request.app.state.service.name)
    return actor


async def owner(request: Request, actor: Annotated[Actor, Depends(read_actor)]) -> Actor:
    require_owner(actor, request.app.state.service.name)
    return actor


Manager = Annotated[Actor, Depends(manager)]
Owner = Annotated[Actor, Depends(owner)]


async def checked(request: Request, actor: Owner, body: WebhookIn) -> WebhookIn:
    """The input, once its topics are known and its address may be called; before any transaction,
    because names are resolved.
    """
    known = {event.topic for event in request.app.state.service.events}
    unknown = [n for n, topic in enumerate(body.topics) if topic not in known]
    if unknown:
        faults = [FieldError(f"/topics/{n}", "unknown-topic", TOPIC_UNKNOWN) for n in unknown]
        raise Unprocessable(TOPIC_UNKNOWN, faults)
    try:
        await request.app.state.outside.check(body.url)
    except TargetRefused as refused:
        fault = FieldError("/url", f"target-{refused.reason}", refused.sentence)
        raise Unprocessable(BAD_TARGET, [fault]) from None
    return body


Checked = Annotated[WebhookIn, Depends(checked)]


def filter_check(request: Request) -> Callable[[Read, WebhookIn], Awaitable[None]]:
    async def check(read: Read, body: WebhookIn) -> None:
        await hooks.check_filter(read, request.app.state.service.places, body.wanted().filter)

    return check


FilterCheck = Annotated[Callable[[Read, WebhookIn], Awaitable[None]], Depends(filter_check)]


class WebhookQuery(PageRequest):
    client: Annotated[Line, Field(max_length=80)] | None = Field(None, description="接入方编号")
    state: HookState | None = Field(None, description="状态")


@webhooks_router.post(
    "", status_code=201, summary="设置推送", dependencies=[RequiresKey], responses=problems(409)
)
async def create(
    actor: Owner,
    body: Checked,
    check: FilterCheck,
    read: CurrentRead,
    tx: CurrentTx,
    response: Response,
) -> NewWebhookOut:
    await check(read, body)
    row, secret = await hooks.create(tx, body.wanted())
    tag(response, row.version)
    return NewWebhookOut.with_secret(row, secret)


@webhooks_router.get("", summary="推送列表")
async def list_webhooks(
    actor: Manager, read: CurrentRead, wanted: Annotated[WebhookQuery, Query()]
) -> Page[WebhookOut]:
    table = read.store.tables.webhooks
    query = hooks.visible_to(read)
    if wanted.client is not None:
        query = query.where(table.c.client == wanted.client)
    if wanted.state is not None:
        query = query.where(table.c.state == wanted.state)
    by = (table.c.client, table.c.id)
    rows, following = await cut(read, query, by, wanted.cut)
    return Page(items=[WebhookOut.of(row) for row in rows], next=following)


@webhooks_router.get("/{webhook_id}", summary="推送详情", responses=problems(404))
async def show(
    actor: Manager, read: CurrentRead, webhook_id: UUID, response: Response
) -> WebhookOut:
    row = await hooks.find(read, webhook_id)
    tag(response, row.version)
    return WebhookOut.of(row)


@webhooks_router.put("/{webhook_id}", summary="修改推送", responses=problems(404, 412, 428))
async def change(
    actor: Owner,
    body: Checked,
    check: FilterCheck,
    read: CurrentRead,
    tx: CurrentTx,
    webhook_id: UUID,
    version: IfMatch,
    response: Response,
) -> WebhookOut:
    await check(read, body)
    row = await hooks.lock(tx, webhook_id)
    match(row.version, version)
    changed = await hooks.amend(tx, row, body.wanted())
    tag(response, changed.version)
    return WebhookOut.of(changed)


@webhooks_router.put(
    "/{webhook_id}/state", summary="暂停或恢复推送", responses=problems(404, 412, 428)
)
async def set_state(
    actor: Manager,
    tx: CurrentTx,
    webhook_id: UUID,
    version: IfMatch,
    body: StateIn,
    response: Response,
) -> WebhookOut:
    row = await hooks.lock(tx, webhook_id)
    match(row.version, version)
    changed = await hooks.set_state(tx, row, HookState(body.state))
    tag(response, changed.version)
    return WebhookOut.of(changed)


@webhooks_router.delete(
    "/{webhook_id}",
    status_code=204,
    summary="删除推送及其记录",
    responses=problems(404, 412, 428),
)
async def remove(actor: Owner, tx: CurrentTx, webhook_id: UUID, version: IfMatch) -> None:
    row = await hooks.lock(tx, webhook_id)
    match(row.version, version)
    await hooks.remove(tx, row)


@webhooks_router.post(
    "/{webhook_id}/secrets",
    status_code=201,
    summary="更换签名密钥（旧密钥在重叠期内同时签名）",
    dependencies=[RequiresKey],
    responses=problems(404),
)
async def rotate(actor: Owner, tx: CurrentTx, webhook_id: UUID, body: RotationIn) -> SecretOut:
    row = await hooks.lock(tx, webhook_id)
    secret, until = await hooks.rotate(tx, row, timedelta(hours=body.overlap_hours))
    return SecretOut(secret=secret, previous_valid_until=until)
