"""A mark notes what the database held at one place in its log, so that a restore can be checked.

It is exact when no transaction was under way at that place; then what is restored up to there
must equal it row for row.  Under heavy writing it may not find such a moment: then it says so,
and a restore is held to what only grows.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from deploy.addresses import SERVICES
from deploy.backup.settings import Source, connected
from deploy.private import write_private
from deploy.voice import Trouble

TRIES, PAUSE = 200, 0.005


@dataclass(frozen=True, slots=True)
class Mark:
    """Rows of every table and the heads of the audit chains, at one place in the log."""

    at: datetime
    lsn: str
    exact: bool
    counts: dict[str, int]
    anchors: dict[str, str]  # service -> the last seal, as the audit's verifier takes it
    revisions: dict[str, str] = field(default_factory=dict)
    # Attachments whose file was removed on purpose: a sheet goes once its rows are read.
    absent: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.at.strftime("%Y%m%dT%H%M%S.%fZ")


def take_mark(source: Source) -> Mark:
    """Look, note, and write one commit behind it, which a restore to this instant needs."""
    with closing(connected(source.url)) as first, closing(connected(source.url)) as second:
        at, lsn, exact = _still_moment(first, second)
        counts, absent = count_rows(first), _absent(first, source.files)
        mark = Mark(at, lsn, exact, counts, _anchors(first), _revisions(first), absent)
        first.rollback()
        # A transaction that has a number leaves a commit in the log even if it changed nothing.
        second.execute("select pg_current_xact_id()")
    folder = source.folder / "marks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(folder / f"{mark.name}.json", json.dumps(asdict(mark), default=_as_text))
    return mark


def marks_in(folder: Path) -> list[Mark]:
    """The marks of a backup, oldest first."""
    return [read_mark(path) for path in sorted((folder / "marks").glob("*.json"))]


def read_mark(path: Path) -> Mark:
    noted = json.loads(path.read_text())
    return Mark(**{**noted, "at": datetime.fromisoformat(noted["at"])})


def _still_moment(
    first: psycopg.Connection, second: psycopg.Connection
) -> tuple[datetime, str, bool]:
    """Leave ``first`` in a snapshot; exact when nobody else had a transaction around it."""
    first.autocommit = False
    for attempt in range(TRIES):
        first.execute("set transaction isolation level repeatable read, read only")
        seen = _one(first, "select pg_current_snapshot()::text")
        lsn = _one(first, "select pg_current_wal_insert_lsn()::text")
        at = _one(first, "select clock_timestamp()").astimezone(UTC)
        after = _one(second, "select pg_current_snapshot()::text")
        lowest, highest, _ = seen.split(":")
        exact = seen == after and lowest == highest
        if exact or attempt == TRIES - 1:
            return at, lsn, exact
        first.rollback()
        time.sleep(PAUSE)
    raise Trouble("没有取到标记 no mark could be taken.")


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Every table of every service, with the rows that the connection's snapshot shows."""
    found = {}
    for schema, table in _tables(connection):
        query = SQL("select count(*) from {}.{}").format(Identifier(schema), Identifier(table))
        found[f"{schema}.{table}"] = int(_one(connection, query))
    return found


def _tables(connection: psycopg.Connection) -> Iterator[tuple[str, str]]:
    query = "select schemaname, tablename from pg_tables where schemaname = any(%s) order by 1, 2"
    yield from connection.execute(query, [list(SERVICES)]).fetchall()


def _anchors(connection: psycopg.Connection) -> dict[str, str]:
    found = {}
    for service in SERVICES:
        query = SQL("select seq, hash from {}.audit_seals order by seq desc limit 1")
        row = connection.execute(query.format(Identifier(service))).fetchone()
        if row is not None:
            found[service] = f"{row[0]}:{bytes(row[1]).hex()}"
    return found


def _absent(connection: psycopg.Connection, files: Mapping[str, Path]) -> dict[str, int]:
    query = SQL("select path from {}.attachments")
    return {
        service: sum(
            not (folder / path).is_file()
            for (path,) in connection.execute(query.format(Identifier(service)))
        )
        for service, folder in files.items()
    }


def _revisions(connection: psycopg.Connection) -> dict[str, str]:
    query = SQL("select version_num from {}.alembic_version")
    return {one: _one(connection, query.format(Identifier(one))) for one in SERVICES}


def _one(connection: psycopg.Connection, query: LiteralString | Composed) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
