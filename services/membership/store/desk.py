"""What waits for a union office, what comes due, and what happened last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from services.chassis.data.read import Reader
from services.chassis.kernel.actors import Actor
from services.membership.domain.application import State
from services.membership.domain.import_batch import State as ImportState
from services.membership.store import applications, imports
from services.membership.store.scope import below
from services.membership.store.tables import Application, ApplicationStep, Import, Union

MOST = 20


async def waiting(
    actor: Actor, read: Reader, end_of_today: datetime, end_of_third_day: datetime
) -> Row[Any]:
    """Counts by clock; what is overdue is counted there and not among what comes due."""
    due, state = Application.review_due_at, Application.state
    to_review = state == State.SUBMITTED
    open_ = to_review & (due > read.now)
    query = applications.visible_to(actor).with_only_columns(
        func.count().filter(to_review).label("to_review"),
        func.count().filter(state == State.RETURNED).label("returned"),
        func.count().filter(state == State.DRAFT).label("drafts"),
        func.count().filter(to_review & (due <= read.now)).label("overdue"),
        func.count().filter(open_ & (due <= end_of_today)).label("due_today"),
        func.count()
        .filter(open_ & (due > end_of_today) & (due <= end_of_third_day))
        .label("due_in_three_days"),
        func.count()
        .filter(to_review & (Application.escalated_to == actor.union_path))
        .label("escalated"),
    )
    row = await read.first(query.where(state.in_((State.SUBMITTED, State.RETURNED, State.DRAFT))))
    assert row is not None  # noqa: S101  # an aggregate without GROUP BY answers one row
    return row


async def next_due(actor: Actor, read: Reader) -> Sequence[Row[Any]]:
    """The applications to look at next, by their clock."""
    query = (
        applications.visible_to(actor)
        .join(Union, Union.id == Application.union_id)
        .with_only_columns(
            *Application.__table__.c,
            Union.name.label("union_name"),
            Union.phone.label("union_phone"),
        )
        .where(Application.state == State.SUBMITTED)
        .order_by(Application.review_due_at, Application.id)
        .limit(MOST)
    )
    return await read.rows(query)


async def lately(actor: Actor, read: Reader) -> Sequence[Row[Any]]:
    """The last steps in the caller's scope."""
    query = (
        select(
            ApplicationStep.__table__,
            Application.number,
            Application.name,
            Union.name.label("union_name"),
        )
        .join(Application, Application.id == ApplicationStep.application_id)
        .join(Union, Union.id == Application.union_id)
        .where(
            below(ApplicationStep.union_path, actor.union_path),
        )
        .order_by(ApplicationStep.at.desc(), ApplicationStep.id.desc())
        .limit(MOST)
    )
    return await read.rows(query)


async def imports_to_finish(actor: Actor, read: Reader) -> int:
    """Sheets that were checked and wait for somebody to confirm them."""
    query = imports.visible_to(actor).with_only_columns(func.count().label("n"))
    row = await read.first(query.where(Import.state == ImportState.CHECKED))
    return int(row.n) if row else 0
