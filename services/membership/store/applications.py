"""Queries about enrolment applications."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, false, func, or_, select
from sqlalchemy.exc import IntegrityError

from services.chassis.data.bulk import among
from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Read, Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import Duplicate, NotFound
from services.membership.domain.application import Channel, State
from services.membership.store.audited import audited
from services.membership.store.scope import below, is_reader, name_matches
from services.membership.store.tables import Application, Union

MISSING = "没有找到这份申请，或它不在您的管理范围内。"
WAITS = "您的信息已收到：同一证件的申请正在办理，请等待结果，或到工会窗口查询。"
ASSISTED = (Channel.COUNTER, Channel.BATCH)
# What a decision looks at, and what a new member takes over.
DECIDED_ON: tuple[Any, ...] = tuple(
    column
    for column in Application.__table__.c
    if column.name not in ("poster", "join_rule", "review_clock", "decided_name", "reason")
)


class AlreadyApplied(Duplicate):
    """Another application for the same document waits to be decided (CON-06)."""

    code = "already-applied"
    title = "已有申请在办理"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of applications may be narrowed by."""

    state: State | None = None
    union_path: str = ""
    batch_id: UUID | None = None
    words: str = ""


def visible_to(actor: Actor, own_phone: tuple[bytes, ...] = ()) -> Select[Any]:
    """Staff: their scope without workers' drafts; a worker: what they sent or their phone is on."""
    query = select(Application)
    if actor.kind is Kind.SYSTEM:
        return query
    if actor.kind is Kind.WORKER:
        mine = Application.applicant_id == actor.id
        if own_phone:
            mine = or_(mine, Application.phone_key.in_(own_phone))
        return query.where(mine)
    if not is_reader(actor):
        return query.where(false())
    return query.where(
        below(Application.union_path, actor.union_path),
        or_(Application.state != State.DRAFT, Application.channel.in_(ASSISTED)),
    )


async def lock(
    actor: Actor, tx: Tx, application_id: UUID, own_phone: tuple[bytes, ...] = ()
) -> Application:
    query = visible_to(actor, own_phone).where(Application.id == application_id)
    row: Application | None = await tx.session.scalar(query.with_for_update())
    if row is None:
        raise NotFound(MISSING)
    return row


async def lock_many(actor: Actor, tx: Tx, ids: Collection[UUID]) -> list[Row[Any]]:
    """Those of ``ids`` that the actor may see, locked in one order against deadlocks."""
    query = visible_to(actor).with_only_columns(*DECIDED_ON).where(among(Application.id, ids))
    query = query.order_by(Application.id).with_for_update()
    # Past the session: thousands of rows need none of what it does for each.
    connection = await tx.session.connection()
    return list((await connection.execute(query)).all())


async def find(
    actor: Actor, read: Read, application_id: UUID, own_phone: tuple[bytes, ...] = ()
) -> Row[Any]:
    """All columns of one application with its union's name; staff leave an audit row."""
    query = _with_union(visible_to(actor, own_phone)).where(Application.id == application_id)
    if actor.kind is Kind.STAFF:
        query = audited(read, query, "application.read", "application", application_id)
    if (row := await read.first(query)) is None:
        raise NotFound(MISSING)
    return row


async def disclosed(
    actor: Actor,
    read: Read,
    application_id: UUID,
    purpose: str,
    fields: Sequence[str],
    own_phone: tuple[bytes, ...] = (),
) -> Row[Any]:
    """The sealed facts, with purpose and fields audited in the statement that reads them."""
    columns = Application.__table__.c
    query = visible_to(actor, own_phone).with_only_columns(columns.id, columns.facts)
    query = audited(
        read,
        query.where(Application.id == application_id),
        "application.disclosed",
        "application",
        application_id,
        reason=purpose,
        fields=list(fields),
    )
    if (row := await read.first(query)) is None:
        raise NotFound(MISSING)
    return row


async def again(tx: Tx, application_id: UUID) -> Row[Any]:
    """The row that this transaction has just changed, as its answer shows it."""
    await tx.session.flush()
    query = _with_union(select(Application)).where(Application.id == application_id)
    row = await tx.first(query)
    assert row is not None  # noqa: S101  # it was locked in this transaction
    return row


async def page(
    actor: Actor, read: Reader, wanted: Filter, at: Cut
) -> tuple[Sequence[Row[Any]], str | None]:
    """Newest first; a queue that waits for review is read oldest first."""
    query = _with_union(visible_to(actor))
    if wanted.state is not None:
        query = query.where(Application.state == wanted.state)
    if wanted.union_path:
        query = query.where(below(Application.union_path, wanted.union_path))
    if wanted.batch_id is not None:
        query = query.where(Application.batch_id == wanted.batch_id)
    if wanted.words:
        query = query.where(
            or_(
                Application.number == wanted.words.upper(),
                name_matches(Application.name, Application.initials, wanted.words),
            )
        )
    columns = Application.__table__.c
    if wanted.state is State.SUBMITTED:
        return await cut(read, query, [columns.review_due_at, columns.id], at)
    return await cut(read, query, [columns.id], at, order="desc")


async def mine(
    actor: Actor, read: Reader, own_phone: tuple[bytes, ...], limit: int = 20
) -> Sequence[Row[Any]]:
    """A worker's own applications, newest first."""
    query = _with_union(visible_to(actor, own_phone))
    return await read.rows(query.order_by(Application.id.desc()).limit(limit))


@asynccontextmanager
async def one_waiting(tx: Tx) -> AsyncIterator[None]:
    """What is changed inside is written at the end; the index on waiting ones may refuse it."""
    try:
        async with tx.session.begin_nested():
            yield
            await tx.session.flush()
    except IntegrityError as error:
        if "uq_applications_open" not in str(error.orig):
            raise
        raise AlreadyApplied(WAITS) from error


def _with_union(query: Select[Any]) -> Select[Any]:
    joined = query.join(Union, Union.id == Application.union_id)
    return joined.with_only_columns(
        *Application.__table__.c, Union.name.label("union_name"), Union.phone.label("union_phone")
    )


async def waiting_of_batch(
    actor: Actor, tx: Tx, batch_id: UUID, last: UUID | None, limit: int
) -> list[UUID]:
    """The next applications of an imported list that wait for a decision."""
    query = (
        visible_to(actor)
        .with_only_columns(Application.id)
        .where(Application.batch_id == batch_id, Application.state == State.SUBMITTED)
    )
    if last is not None:
        query = query.where(Application.id > last)
    return list(await tx.session.scalars(query.order_by(Application.id).limit(limit)))


async def count_waiting_of_batch(actor: Actor, tx: Tx, batch_id: UUID) -> int:
    query = (
        visible_to(actor)
        .with_only_columns(func.count())
        .where(Application.batch_id == batch_id, Application.state == State.SUBMITTED)
    )
    return int(await tx.session.scalar(query) or 0)
