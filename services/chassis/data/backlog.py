"""What waits in a schema: facts to tell, deadlines to fire, work to do (for alert rules)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from services.chassis.data.tx import Store

# What each figure says; the names are part of what alert rules rely on.
FIGURES: Mapping[str, str] = {
    "deliveries_oldest_seconds": "How late the oldest due delivery to another part is",
    "deliveries_given_up": "Deliveries to other parts that nobody tries any more",
    "deadlines_oldest_seconds": "How late the oldest due deadline is",
    "jobs_queued_oldest_seconds": "How long the oldest due job has waited for a worker",
    "jobs_lost": "Running jobs whose worker has not been heard of",
    "jobs_failed_day": "Jobs that failed within the last day",
    "database_bytes": "The size of the database",
}


async def backlog(store: Store) -> dict[str, float]:
    """Every figure, asked in one statement over partial indexes."""
    async with store.reads.connect() as connection:
        row = (await connection.execute(_query(store))).mappings().one()
    return {name: float(row[name] or 0) for name in FIGURES}


def _query(store: Store) -> Select[*tuple[Any, ...]]:
    deliveries, deadlines = store.tables.deliveries.c, store.tables.deadlines.c
    jobs = store.tables.jobs.c
    waiting = and_(deliveries.delivered_at.is_(None), deliveries.given_up_at.is_(None))
    given_up = and_(deliveries.delivered_at.is_(None), deliveries.given_up_at.is_not(None))
    lost = and_(jobs.state == "running", jobs.leased_until < func.now())
    failed = and_(
        jobs.state == "failed", jobs.finished_at > func.now() - func.make_interval(0, 0, 0, 1)
    )
    figures: dict[str, ColumnElement[float]] = {
        "deliveries_oldest_seconds": _late(deliveries.due_at, waiting),
        "deliveries_given_up": _count(given_up),
        "deadlines_oldest_seconds": _late(deadlines.due_at, deadlines.due_at <= func.now()),
        "jobs_queued_oldest_seconds": _late(jobs.due_at, jobs.state == "queued"),
        "jobs_lost": _count(lost),
        "jobs_failed_day": _count(failed),
        "database_bytes": func.pg_database_size(func.current_database()),
    }
    return select(*(figure.label(name) for name, figure in figures.items()))


def _late(due: ColumnElement[object], condition: ColumnElement[bool]) -> ColumnElement[float]:
    late = func.extract("epoch", func.now() - func.min(due))
    found = select(case((late > 0, late), else_=0)).where(condition)
    return func.coalesce(found.scalar_subquery(), 0)


def _count(condition: ColumnElement[bool]) -> ColumnElement[float]:
    return select(func.count()).where(condition).scalar_subquery()
