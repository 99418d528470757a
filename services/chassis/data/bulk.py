"""Many rows at once: binary COPY on the transaction's own connection."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table

from services.chassis.data.tx import Tx


async def copy_rows(
    tx: Tx, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add rows in the order of ``columns``; JSON columns take text, and no default is filled in."""
    connection = await tx.session.connection()
    # COPY goes past SQLAlchemy: the transaction must have begun, and the ORM's changes be sent.
    await tx.session.flush()
    await connection.exec_driver_sql("select 1")
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has no connection")
    await driver.copy_records_to_table(
        table.name, schema_name=table.schema, columns=list(columns), records=rows
    )
