"""What must hold before a service is ready: its database, its migrations, this year's calendar."""

from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import text

from services.chassis.data.tx import Store
from services.chassis.edge.health import Check, calendar_check
from services.chassis.kernel.calendar import shanghai_date
from services.chassis.kernel.calendar_days import shipped
from services.chassis.kernel.clock import utc_now

HISTORY = Path(__file__).resolve().parents[3] / "migrations"


def checks(app: FastAPI, name: str) -> dict[str, Check]:
    """The keys need no check of their own: a store that cannot unwrap them does not open."""
    head = max((file.stem for file in (HISTORY / name).glob("[0-9]*.py")), default="")
    query = text(f"select version_num from {name}.alembic_version")  # noqa: S608 -- our own name

    async def migrations() -> str | None:
        store: Store = app.state.store
        async with store.reads.connect() as connection:
            at = await connection.scalar(query)
        # Histories are numbered, and the release before this one works on what is newer: while a
        # new release starts beside it, neither may call itself unready.
        return None if at and at >= head else f"at {at}, the code needs {head}"

    return {
        "database": migrations,
        "calendar": calendar_check(lambda: shipped().published, lambda: shanghai_date(utc_now())),
    }
