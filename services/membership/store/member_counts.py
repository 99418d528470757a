"""How many members a union and all below it have, from the rows that triggers keep."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, cast, false, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from services.chassis.data.read import Reader
from services.chassis.kernel.actors import Actor, Kind
from services.membership.domain.membership import State
from services.membership.store.scope import below, is_reader
from services.membership.store.tables import MemberCount, Membership

SUM = func.coalesce(func.sum(MemberCount.members), 0)


async def counts(actor: Actor, read: Reader, since: date) -> Row[Any]:
    """The counters of the caller's union and all below it; 保留 does not count (M-17)."""
    active = MemberCount.state == State.ACTIVE
    joined = select(func.count()).where(
        _in_scope(actor, Membership.union_path),
        Membership.state == State.ACTIVE,
        Membership.joined_on >= since,
    )
    query = select(
        _sum(active).label("members"),
        _sum(active & MemberCount.group_code.is_not(None)).label("gig"),
        _sum(MemberCount.state == State.RETAINED).label("retained"),
        joined.scalar_subquery().label("joined_this_month"),
        _sum(active & (MemberCount.sex == "2")).label("women"),
    )
    row = await read.first(query.where(_in_scope(actor, MemberCount.union_path)))
    assert row is not None  # noqa: S101  # an aggregate without GROUP BY answers one row
    return row


async def groups(actor: Actor, read: Reader) -> Sequence[Row[Any]]:
    """How many active members each gig group has (M-11)."""
    query = (
        select(MemberCount.group_code, cast(SUM, BigInteger).label("members"))
        .where(
            _in_scope(actor, MemberCount.union_path),
            MemberCount.state == State.ACTIVE,
            MemberCount.group_code.is_not(None),
        )
        .group_by(MemberCount.group_code)
        .having(SUM > 0)
        .order_by(MemberCount.group_code)
    )
    return await read.rows(query)


def _sum(which: ColumnElement[bool]) -> ColumnElement[int]:
    """``sum`` over bigint is numeric; a count is a whole number."""
    return cast(func.coalesce(func.sum(MemberCount.members).filter(which), 0), BigInteger)


def _in_scope(actor: Actor, path: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Staff count their union and what is below it; nobody else counts anything."""
    if actor.kind is Kind.SYSTEM:
        return true()
    return below(path, actor.union_path) if is_reader(actor) else false()
