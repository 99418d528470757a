"""Imported sheets: upload, dry run, mending, confirmation, taking back (api.md "Bulk")."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from services.chassis.web.depends import (
    CurrentActor,
    CurrentRead,
    CurrentTx,
    IfMatch,
    RequiresKey,
    tag,
)
from services.chassis.web.documented import problems
from services.chassis.web.pages import Page, PageQuery, PageRequest
from services.chassis.web.route import UnitRoute
from services.membership.api.import_in import ConfirmationIn, Received, ReversalIn, RowIn
from services.membership.api.import_out import ImportOut
from services.membership.api.import_progress import watch
from services.membership.api.import_row_out import RowOut
from services.membership.domain.import_batch import RowState
from services.membership.store import import_rows, imports
from services.membership.usecases.imports.cancel_import import cancel_import
from services.membership.usecases.imports.confirm_import import confirm_import
from services.membership.usecases.imports.mend_row import mend_row
from services.membership.usecases.imports.receive_import import receive_import
from services.membership.usecases.imports.reverse_import import reverse_import

router = APIRouter(prefix="/imports", tags=["imports"], route_class=UnitRoute)

CHANGES = problems(404, 409, 412, 428)


class RowsQuery(PageRequest):
    show: list[RowState] = Field([], max_length=6, description="只看这些状态的行；不选则全部")


@router.post(
    "",
    status_code=202,
    summary="上传名单，开始检查",
    dependencies=[RequiresKey],
    responses=problems(404, 409),
)
async def upload(
    actor: CurrentActor, received: Received, tx: CurrentTx, response: Response
) -> ImportOut:
    made = await receive_import(actor, tx, received.files, received.sheet, received.union_id)
    received.is_kept = True
    return await _answer(actor, tx, made.id, response)


@router.get("", summary="导入记录")
async def listing(actor: CurrentActor, read: CurrentRead, asked: PageQuery) -> Page[ImportOut]:
    rows, following = await imports.page(actor, read, asked.cut)
    return Page(items=[ImportOut.of(actor, row) for row in rows], next=following)


@router.get("/{import_id}", summary="一次导入的情况", responses=problems(404))
async def show(
    actor: CurrentActor, read: CurrentRead, import_id: UUID, response: Response
) -> ImportOut:
    return await _answer(actor, read, import_id, response)


@router.get("/{import_id}/rows", summary="名单的各行与问题", responses=problems(404))
async def rows(
    actor: CurrentActor,
    read: CurrentRead,
    import_id: UUID,
    asked: Annotated[RowsQuery, Query()],
) -> Page[RowOut]:
    batch = await imports.find(actor, read, import_id)
    found, following = await import_rows.page(read, import_id, asked.show, asked.cut)
    items = [RowOut.of(actor, read.store.sealer, batch, row) for row in found]
    return Page(items=items, next=following)


@router.patch("/{import_id}/rows/{number}", summary="修改一行", responses=CHANGES)
async def mend(
    actor: CurrentActor,
    tx: CurrentTx,
    import_id: UUID,
    number: Annotated[int, Field(ge=1, le=10_000_000)],
    version: IfMatch,
    body: RowIn,
    response: Response,
) -> RowOut:
    row = await mend_row(actor, tx, import_id, number, version, body.root)
    tag(response, row.version)
    return RowOut.of(actor, tx.sealer, await imports.find(actor, tx, import_id), row)


@router.put(
    "/{import_id}/confirmation",
    status_code=202,
    summary="确认导入（声明名单上的人均已签字同意）",
    dependencies=[RequiresKey],
    responses=CHANGES,
)
async def confirm(
    actor: CurrentActor,
    tx: CurrentTx,
    import_id: UUID,
    version: IfMatch,
    response: Response,
    body: ConfirmationIn | None = None,
) -> ImportOut:
    evidence = body.evidence if body else ""
    await confirm_import(actor, tx, import_id, version, evidence)
    return await _answer(actor, tx, import_id, response)


@router.put("/{import_id}/cancellation", summary="取消导入", responses=CHANGES)
async def cancel(
    actor: CurrentActor, tx: CurrentTx, import_id: UUID, version: IfMatch, response: Response
) -> ImportOut:
    await cancel_import(actor, tx, import_id, version)
    return await _answer(actor, tx, import_id, response)


@router.put(
    "/{import_id}/reversal",
    status_code=202,
    summary="撤销导入（撤回尚未审核的申请）",
    dependencies=[RequiresKey],
    responses=CHANGES,
)
async def reverse(
    actor: CurrentActor,
    tx: CurrentTx,
    import_id: UUID,
    version: IfMatch,
    response: Response,
    body: ReversalIn | None = None,
) -> ImportOut:
    await reverse_import(actor, tx, import_id, version, body.reason if body else "")
    return await _answer(actor, tx, import_id, response)


@router.get(
    "/{import_id}/progress",
    summary="导入进度（服务器推送事件）",
    response_class=StreamingResponse,
    responses=problems(404) | {200: {"content": {"text/event-stream": {}}}},
)
async def progress(
    actor: CurrentActor, read: CurrentRead, import_id: UUID, request: Request
) -> StreamingResponse:
    await imports.find(actor, read, import_id)
    events = watch(request.app.state.store, actor, import_id)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _answer(
    actor: CurrentActor, read: CurrentRead | CurrentTx, import_id: UUID, response: Response
) -> ImportOut:
    row = await imports.find(actor, read, import_id)
    tag(response, row.version)
    return ImportOut.of(actor, row)
