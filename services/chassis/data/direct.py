"""The hottest reads: compiled once from the service's own tables, run straight by the driver.

Building a query, finding it in the cache and fetching it through the engine costs some ten times
what the driver does; a statement that answers most requests of a service is worth one of these.
"""

from collections import namedtuple
from collections.abc import Mapping
from typing import Any

import asyncpg
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DBAPIError

DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own class
LOST = (asyncpg.InterfaceError, asyncpg.PostgresConnectionError)


class Statement:
    """One query with named values to be filled in, each as the driver takes it."""

    def __init__(self, query: Select[Any]) -> None:
        compiled = query.compile(dialect=DIALECT)
        names = [column.name for column in query.selected_columns]
        self.sql = str(compiled)
        self._values = tuple(compiled.positiontup or ())
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._row: Any = namedtuple("Row", names)  # type: ignore[misc]  # named by the query

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        given = {**self._fixed, **values}
        return [given[name] for name in self._values]

    def row(self, record: asyncpg.Record) -> Any:
        """The record with attributes, as the engine's rows have them."""
        return self._row._make(record)


class Direct:
    """A small pool of the driver's own connections; each statement stands alone on one."""

    def __init__(self, pool: asyncpg.Pool, patience: float) -> None:
        self._pool = pool
        self._patience = patience

    async def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """Raises what the engine would raise, so that a lost database looks the same."""
        try:
            async with self._pool.acquire(timeout=self._patience) as connection:
                records = await connection.fetch(statement.sql, *statement.arguments(values))
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise DBAPIError(
                None, None, error, connection_invalidated=isinstance(error, LOST)
            ) from error
        return [statement.row(record) for record in records]

    async def close(self) -> None:
        await self._pool.close()


async def open_direct(
    url: str,
    size: int,
    *,
    patience: float,
    answer_within: float,
    server_settings: Mapping[str, str],
) -> Direct:
    """Connections are made when they are first needed."""
    pool = await asyncpg.create_pool(
        url.replace("postgresql+asyncpg://", "postgresql://"),
        min_size=0,
        max_size=size,
        timeout=patience,
        command_timeout=answer_within,
        # Planning anew for each value costs more than these reads; their plan is always the same.
        server_settings={**server_settings, "plan_cache_mode": "force_generic_plan"},
        reset=_as_it_was,
    )
    return Direct(pool, patience)


async def _as_it_was(connection: asyncpg.Connection) -> None:
    """Nothing to undo: a statement that stands alone leaves no transaction and no setting."""
