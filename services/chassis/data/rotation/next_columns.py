"""The column that grows beside an index and takes its place; needs the rights of the owner."""

import re
from typing import Any

from sqlalchemy import Column, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

BEFORE = "set local lock_timeout = '3s'"
INDEXES = """
select c.relname as name, pg_get_indexdef(i.indexrelid) as definition, i.indisvalid as is_valid,
       i.indisprimary as is_primary
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_attribute a
     on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
where i.indrelid = cast(:table as regclass) and a.attname = :column
order by c.relname
"""


def next_name(column: Column[Any]) -> str:
    return f"{column.name}_next"


async def add(owner: AsyncEngine, column: Column[Any]) -> None:
    """The empty column, and a trigger that empties it where the index changes."""
    table, name, after = _table(column), column.name, next_name(column)
    forget = _function(column)
    async with owner.begin() as connection:
        for statement in (
            BEFORE,
            f'alter table {table} add column if not exists "{after}" bytea',
            f"create or replace function {forget} returns trigger language plpgsql as"
            f' $$ begin new."{after}" := null; return new; end $$',
            f'create or replace trigger "{_trigger(column)}" before update of "{name}"'
            f' on {table} for each row when (old."{name}" is distinct from new."{name}")'
            f" execute function {forget}",
        ):
            await connection.execute(text(statement))


async def build_indexes(owner: AsyncEngine, column: Column[Any]) -> None:
    """What the index column is part of, again for the next one; nobody has to wait for it."""
    async with owner.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        there = await _indexes(connection, column, next_name(column))
        for name, is_valid in [(row.name, row.is_valid) for row in there]:
            if not is_valid:  # what a kill left in the middle
                await connection.execute(
                    text(f'drop index concurrently {column.table.schema}."{name}"')
                )
        valid = {row.name for row in there if row.is_valid}
        for row in await _indexes(connection, column, column.name):
            if f"{row.name}_next" not in valid:
                await connection.execute(text(_again(row.definition, row.name, column)))


async def put_in_place(connection: AsyncConnection, column: Column[Any]) -> None:
    """The old column goes with its indexes; the next one takes its name, and theirs."""
    table, name, after = _table(column), column.name, next_name(column)
    schema = column.table.schema
    indexes = await _indexes(connection, column, name)
    statements = [
        f'drop trigger "{_trigger(column)}" on {table}',
        f"drop function {_function(column)}",
        *([] if column.nullable else [f'alter table {table} alter column "{after}" set not null']),
        f'alter table {table} drop column "{name}"',
        f'alter table {table} rename column "{after}" to "{name}"',
    ]
    for row in indexes:
        made = f"{row.name}_next"
        if row.is_primary:
            statements.append(
                f'alter table {table} add constraint "{row.name}" primary key using index "{made}"'
            )
        else:
            statements.append(f'alter index {schema}."{made}" rename to "{row.name}"')
    for statement in statements:
        await connection.execute(text(statement))


async def _indexes(connection: AsyncConnection, column: Column[Any], name: str) -> Any:
    asked = {"table": _table(column), "column": name}
    return (await connection.execute(text(INDEXES), asked)).all()


def _again(definition: str, name: str, column: Column[Any]) -> str:
    """``create [unique] index <name> on <table> using …``, for the next column."""
    head, using, rest = definition.partition(" USING ")
    rest = re.sub(rf"\b{re.escape(column.name)}\b", next_name(column), rest)
    head = head.replace("INDEX ", "INDEX CONCURRENTLY ", 1).replace(name, f"{name}_next", 1)
    return f"{head}{using}{rest}"


def _table(column: Column[Any]) -> str:
    return f'{column.table.schema}."{column.table.name}"'


def _trigger(column: Column[Any]) -> str:
    return f"forget_next_{column.table.name}_{column.name}"


def _function(column: Column[Any]) -> str:
    return f'{column.table.schema}."{_trigger(column)}"()'
