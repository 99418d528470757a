"""Queries about imported sheets, inside the caller's scope."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, false, func, select
from sqlalchemy.exc import IntegrityError

from services.chassis.data.imports.layout import Layout
from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import Duplicate, NotFound, Stale
from services.membership.domain.import_batch import OVER, RowState
from services.membership.store.scope import below, is_reader
from services.membership.store.tables import CHASSIS, Import, ImportRow, Union

MISSING = "没有找到这次导入，或它不在您的管理范围内。"


class SameFile(Duplicate):
    """The same bytes were sent for the same union before."""

    code = "same-file"
    title = "这个文件已经上传过"


def visible_to(actor: Actor) -> Select[Any]:
    """Staff see the sheets of their own union and below."""
    query = select(Import)
    if actor.kind is Kind.SYSTEM:
        return query
    if not is_reader(actor):
        return query.where(false())
    return query.where(below(Import.union_path, actor.union_path))


async def lock(actor: Actor, tx: Tx, import_id: UUID) -> Import:
    query = visible_to(actor).where(Import.id == import_id).with_for_update()
    row: Import | None = await tx.session.scalar(query)
    if row is None:
        raise NotFound(MISSING)
    return row


async def find(actor: Actor, read: Reader, import_id: UUID) -> Row[Any]:
    """One sheet with its union's name and how its job stands."""
    if (row := await read.first(_with_job(actor).where(Import.id == import_id))) is None:
        raise NotFound(MISSING)
    return row


async def page(actor: Actor, read: Reader, at: Cut) -> tuple[Sequence[Row[Any]], str | None]:
    """Newest first."""
    return await cut(read, _with_job(actor), [Import.__table__.c.id], at, order="desc")


async def add(tx: Tx, row: Import) -> None:
    """Keep a new sheet; the index refuses the same file for the same union (natural key)."""
    try:
        async with tx.session.begin_nested():
            tx.session.add(row)
            await tx.session.flush()
    except IntegrityError as error:
        raise await _same_file(tx, row.union_id, row.sha256) from error


async def refuse_same(tx: Tx, union_id: UUID, sha256: bytes) -> None:
    if await _earlier(tx, union_id, sha256) is not None:
        raise await _same_file(tx, union_id, sha256)


async def count(tx: Tx, batch: Import) -> None:
    """Write how many rows are in each state."""
    query = select(ImportRow.state, func.count().label("n")).where(ImportRow.import_id == batch.id)
    found = {row.state: row.n for row in await tx.rows(query.group_by(ImportRow.state))}
    batch.total = sum(found.values())
    for state in RowState:
        setattr(batch, state, found.get(state, 0))


def refuse_stale(batch: Import, version: int) -> None:
    if batch.version != version:
        raise Stale("这次导入的状态刚有变化，请刷新页面核对后再操作。")


def layout_of(batch: Import | Row[Any]) -> Layout:
    """Where the columns of a sheet are; a sheet whose header was never found has none."""
    if batch.layout is None:
        return Layout(0, (), {})
    kept: Any = batch.layout
    return Layout(kept["header_row"], tuple(kept["headers"]), dict(kept["places"]))


async def _same_file(tx: Tx, union_id: UUID, sha256: bytes) -> SameFile:
    earlier = await _earlier(tx, union_id, sha256)
    context = {"import": str(earlier.id), "file_name": earlier.file_name} if earlier else {}
    return SameFile(
        "同一个文件已经上传过，请打开那一次导入继续办理；要重新导入，请先取消或撤销那一次。",
        **context,
    )


async def _earlier(tx: Tx, union_id: UUID, sha256: bytes) -> Row[Any] | None:
    query = select(Import.id, Import.file_name).where(
        Import.union_id == union_id, Import.sha256 == sha256, Import.state.not_in(OVER)
    )
    return await tx.first(query)


def _with_job(actor: Actor) -> Select[Any]:
    jobs = CHASSIS.jobs
    return (
        visible_to(actor)
        .join(Union, Union.id == Import.union_id)
        .outerjoin(jobs, jobs.c.id == Import.job_id)
        .with_only_columns(
            *Import.__table__.c,
            Union.name.label("union_name"),
            Union.kind.label("union_kind"),
            Union.employer_name.label("union_employer"),
            jobs.c.state.label("job_state"),
            jobs.c.done.label("job_done"),
            jobs.c.total.label("job_total"),
            jobs.c.message.label("job_message"),
        )
    )
