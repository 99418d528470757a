"""What the database holds, as one number for each table."""

from collections.abc import Collection

import psycopg
from psycopg import sql

from tests.attacks.world import World

SCHEMAS = ("identity", "membership")


def kept(world: World, *, but: Collection[str] = ()) -> dict[str, str]:
    """A checksum over all rows of every table of every service except those named in ``but``."""
    tables = "select schemaname, tablename from pg_tables where schemaname = any(%s)"
    with psycopg.connect(world.database.admin_url) as connection:
        return {
            f"{schema}.{table}": _checksum(connection, schema, table)
            for schema, table in connection.execute(tables, (list(SCHEMAS),)).fetchall()
            if table not in but
        }


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that are not as they were."""
    return sorted(name for name in before | after if before.get(name) != after.get(name))


def _checksum(connection: psycopg.Connection, schema: str, table: str) -> str:
    rows = sql.SQL(
        "select md5(coalesce(string_agg(md5(one::text), '' order by md5(one::text)), '')) "
        "from {} as one"
    ).format(sql.Identifier(schema, table))
    found = connection.execute(rows).fetchone()
    assert found is not None
    return str(found[0])
