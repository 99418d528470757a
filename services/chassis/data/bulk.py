"""Many rows at once: binary COPY on the transaction's own connection, and sets handed in whole."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import ARRAY, Column, ColumnElement, Table, any_, column, func, literal
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

from services.chassis.data.tx import Tx


async def copy_rows(
    tx: Tx, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add rows in the order of ``columns``; JSON columns take text, and no default is filled in.

    Raises what the engine would raise, so that a deadlock or a lost database looks the same.
    """
    connection = await tx.session.connection()
    # COPY goes past SQLAlchemy: the transaction must have begun, and the ORM's changes be sent.
    await tx.session.flush()
    await connection.exec_driver_sql("select 1")
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has no connection")
    try:
        await driver.copy_records_to_table(
            table.name, schema_name=table.schema, columns=list(columns), records=rows
        )
    except asyncpg.PostgresError as error:
        raise DBAPIError(None, None, error) from error


def among(
    one: InstrumentedAttribute[Any] | Column[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """``one in values`` for thousands: they travel as one array, and the statement stays short."""
    return one == any_(literal(list(values), ARRAY(one.type)))


def lined_up(
    name: str, columns: Mapping[str, TypeEngine[Any]], rows: Sequence[Sequence[Any]]
) -> TableValuedAlias:
    """Rows handed in as a table: one array for each column, so that one UPDATE changes them all."""
    values = zip(*rows, strict=True) if rows else ([] for _ in columns)
    arrays = [
        literal(list(one), ARRAY(type_))
        for one, type_ in zip(values, columns.values(), strict=True)
    ]
    named = [column(title, type_) for title, type_ in columns.items()]
    return func.unnest(*arrays).table_valued(*named).render_derived(name=name)
