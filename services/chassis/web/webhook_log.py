"""What was sent to a webhook and what it answered; sending one or a stretch of time again."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field
from sqlalchemy import Row, Select, select

from services.chassis.data import hooks
from services.chassis.data.hook_queue import put, put_test
from services.chassis.data.hook_replays import find_replay, request_replay
from services.chassis.data.pages import cut
from services.chassis.data.read import Read
from services.chassis.data.tx import Tx
from services.chassis.kernel.hooks import KEPT, DeliveryState
from services.chassis.kernel.refusals import FieldError, NotFound, Unprocessable
from services.chassis.web.depends import CurrentRead, CurrentTx, RequiresKey
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageRequest
from services.chassis.web.route import UnitRoute
from services.chassis.web.webhook_log_shapes import (
    AttemptOut,
    DeliveryLogOut,
    DeliveryOut,
    ReplayIn,
    ReplayOut,
)
from services.chassis.web.webhook_shapes import Topic
from services.chassis.web.webhooks import Manager, Owner

webhook_log_router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=UnitRoute)

MISSING = "没有这条推送记录，或已超过保存期限。"


class DeliveryQuery(PageRequest):
    state: DeliveryState | None = Field(None, description="状态")
    topic: Topic | None = Field(None, description="事件主题")
    since: AwareDatetime | None = Field(None, description="从此时起")
    until: AwareDatetime | None = Field(None, description="到此时止")


@webhook_log_router.post(
    "/{webhook_id}/tests",
    status_code=202,
    summary="发送一条测试事件",
    dependencies=[RequiresKey],
    responses=problems(404),
)
async def send_test(actor: Owner, tx: CurrentTx, webhook_id: UUID) -> DeliveryOut:
    row = await hooks.lock(tx, webhook_id)
    return _shape(await _find(tx, webhook_id, await put_test(tx, row)))


@webhook_log_router.get(
    "/{webhook_id}/deliveries", summary="推送记录（新的在前，保存 30 天）", responses=problems(404)
)
async def list_deliveries(
    actor: Manager,
    read: CurrentRead,
    webhook_id: UUID,
    wanted: Annotated[DeliveryQuery, Query()],
) -> Page[DeliveryOut]:
    await hooks.find(read, webhook_id)
    due = read.store.tables.webhook_deliveries
    by = (due.c.created_at, due.c.id)
    rows, following = await cut(
        read, _matching(read, webhook_id, wanted), by, wanted.cut, order="desc"
    )
    return Page(items=[_shape(row) for row in rows], next=following)


@webhook_log_router.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    summary="一条推送的请求与答复",
    responses=problems(404),
)
async def show_delivery(
    actor: Manager, read: CurrentRead, webhook_id: UUID, delivery_id: UUID
) -> DeliveryLogOut:
    await hooks.find(read, webhook_id)
    row = await _find(read, webhook_id, delivery_id)
    attempts = read.store.tables.webhook_attempts
    query = select(attempts).where(attempts.c.delivery == delivery_id)
    log = await read.rows(query.order_by(attempts.c.at.desc(), attempts.c.id.desc()).limit(50))
    known = _shape(row).model_dump()
    return DeliveryLogOut(**known, log=[AttemptOut.model_validate(one) for one in log])


@webhook_log_router.post(
    "/{webhook_id}/deliveries/{delivery_id}/resendings",
    status_code=202,
    summary="重发一条（编号不变）",
    dependencies=[RequiresKey],
    responses=problems(404),
)
async def resend(actor: Manager, tx: CurrentTx, webhook_id: UUID, delivery_id: UUID) -> DeliveryOut:
    hook = await hooks.lock(tx, webhook_id)
    row = await _find(tx, webhook_id, delivery_id)
    await tx.record("webhook.resent", "webhook", hook.id, union_path=hook.union_path)
    await put(tx, [row], again=True)
    return _shape(await _find(tx, webhook_id, delivery_id))


@webhook_log_router.post(
    "/{webhook_id}/replays",
    status_code=202,
    summary="重发一段时间内的事件（编号不变）",
    dependencies=[RequiresKey],
    responses=problems(404),
)
async def replay(actor: Manager, tx: CurrentTx, webhook_id: UUID, body: ReplayIn) -> ReplayOut:
    _check_span(body, tx.now)
    hook = await hooks.lock(tx, webhook_id)
    job = await request_replay(tx, hook, body.since, body.until, body.topics)
    return ReplayOut.model_validate(await find_replay(tx, webhook_id, job))


@webhook_log_router.get(
    "/{webhook_id}/replays/{replay_id}", summary="重发的进度", responses=problems(404)
)
async def show_replay(
    actor: Manager, read: CurrentRead, webhook_id: UUID, replay_id: UUID
) -> ReplayOut:
    await hooks.find(read, webhook_id)
    return ReplayOut.model_validate(await find_replay(read, webhook_id, replay_id))


def _check_span(body: ReplayIn, now: datetime) -> None:
    if body.since >= body.until:
        sentence = "结束时间应晚于开始时间。"
        raise Unprocessable(sentence, [FieldError("/to", "before-from", sentence)])
    if body.since < now - KEPT:
        sentence = f"只能重发最近 {KEPT.days} 天内的事件。"
        raise Unprocessable(sentence, [FieldError("/from", "too-old", sentence)])


def _log_of(read: Read | Tx, hook_id: UUID) -> Select[Any]:
    due, outbox = read.store.tables.webhook_deliveries, read.store.tables.outbox
    return (
        select(due, outbox.c.id.label("webhook_id"), outbox.c.seq)
        .join(outbox, outbox.c.seq == due.c.event_seq)
        .where(due.c.hook == hook_id)
    )


def _matching(read: Read, hook_id: UUID, wanted: DeliveryQuery) -> Select[Any]:
    due, query = read.store.tables.webhook_deliveries, _log_of(read, hook_id)
    for column, value in ((due.c.state, wanted.state), (due.c.topic, wanted.topic)):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(due.c.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(due.c.created_at < wanted.until)
    return query


async def _find(read: Read | Tx, hook_id: UUID, delivery_id: UUID) -> Row[Any]:
    due = read.store.tables.webhook_deliveries
    row = await read.first(_log_of(read, hook_id).where(due.c.id == delivery_id))
    if row is None:
        raise NotFound(MISSING)
    return row


def _shape(row: Any) -> DeliveryOut:
    facts = {name: getattr(row, name) for name in row._fields}
    return DeliveryOut.model_validate(facts | {"sequence": row.event_seq})
