"""The rows of imported sheets: staged by COPY, sealed, read page by page."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Row, select

from services.chassis.data.bulk import copy_rows
from services.chassis.data.imports.columns import Problem
from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Read, Reader
from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Tx
from services.chassis.kernel.refusals import NotFound
from services.membership.domain.import_batch import RowState
from services.membership.store.audited import audited
from services.membership.store.tables import ImportRow

COLUMNS = (
    "import_id",
    "number",
    "state",
    "is_faulty",
    "document_key",
    "cells",
    "problems",
    "marks",
    "version",
)
AT_A_TIME = 2_000
# All that it takes to make an application of a row.
SEALED = (ImportRow.import_id, ImportRow.number, ImportRow.document_key, ImportRow.cells)


class Cells(NamedTuple):
    """A row as it stood in the sheet, and as it is understood (by column, in their order)."""

    typed: list[str]
    values: list[str]


class Staged(NamedTuple):
    """A judged row on its way into the table."""

    number: int
    cells: Cells
    document: tuple[str, str] | None
    problems: Sequence[Problem]

    @property
    def is_faulty(self) -> bool:
        return bool(self.problems) and any(p.severity == "error" for p in self.problems)


def place_of(import_id: UUID, number: int) -> str:
    return f"import_rows:{import_id}:{number}:cells"


def as_json(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [
        {"field": p.field, "code": p.code, "message": p.message, "severity": str(p.severity)}
        for p in problems
    ]


def sealed_records(
    sealer: Sealer, import_id: UUID, rows: Sequence[Staged]
) -> list[tuple[Any, ...]]:
    """Rows as the table has them; work for the processor alone, which a thread may do."""
    plain = [orjson.dumps([*row.cells]) for row in rows]
    prefix, suffix = place_of(import_id, 0).split(":0:")
    sealed = sealer.seal_many(plain, [f"{prefix}:{row.number}:{suffix}" for row in rows])
    documents = [f"{kind}:{number}" for kind, number in filter(None, (r.document for r in rows))]
    keys = iter(sealer.blind_many("document", documents))
    return [
        (
            import_id,
            row.number,
            RowState.FAULTY if row.is_faulty else RowState.READY,
            row.is_faulty,
            next(keys) if row.document else None,
            cells,
            orjson.dumps(as_json(row.problems)).decode() if row.problems else "[]",
            "[]",
            1,
        )
        for row, cells in zip(rows, sealed, strict=True)
    ]


async def stage(tx: Tx, records: Sequence[tuple[Any, ...]]) -> None:
    """Add rows that were never staged before."""
    await copy_rows(tx, ImportRow.__table__, COLUMNS, records)  # type: ignore[arg-type]  # a mapped class's table is a Table


def open_cells(sealer: Sealer, row: Row[Any] | ImportRow) -> Cells:
    where = place_of(row.import_id, row.number)
    typed, values = orjson.loads(sealer.open(row.cells, where))
    return Cells(typed, values)


def seal_cells(sealer: Sealer, import_id: UUID, number: int, cells: Cells) -> bytes:
    return sealer.seal(orjson.dumps([*cells]), place_of(import_id, number))


async def page(
    read: Read, import_id: UUID, states: Collection[RowState], at: Cut
) -> tuple[Sequence[Row[Any]], str | None]:
    """Rows of a sheet that the caller was already allowed to see, in its order; audited."""
    table = ImportRow.__table__.c
    query = select(*table).where(ImportRow.import_id == import_id)
    if states:
        query = query.where(ImportRow.state.in_(states))
    query = audited(read, query, "import.rows-read", "import", import_id, after=at.after or "")
    return await cut(read, query, [table.number], at)


async def lock(tx: Tx, import_id: UUID, number: int) -> ImportRow:
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.number == number)
    row: ImportRow | None = await tx.session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("这张表里没有这一行，请刷新后重试。")
    return row


async def following(
    read: Reader,
    import_id: UUID,
    states: Collection[RowState],
    after: int,
    limit: int,
    columns: Sequence[Any] = tuple(ImportRow.__table__.c),
) -> Sequence[Row[Any]]:
    """The next rows in these states after a row number."""
    query = (
        select(*columns)
        .where(
            ImportRow.import_id == import_id,
            ImportRow.state.in_(states),
            ImportRow.number > after,
        )
        .order_by(ImportRow.number)
        .limit(limit)
    )
    return await read.rows(query)


async def walk(
    read: Reader, import_id: UUID, states: Collection[RowState]
) -> AsyncIterator[Sequence[Row[Any]]]:
    """All rows in these states, some at a time."""
    after = 0
    while rows := await following(read, import_id, states, after, AT_A_TIME):
        yield rows
        after = rows[-1].number
