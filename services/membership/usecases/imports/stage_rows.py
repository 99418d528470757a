"""A chunk of a sheet is judged row by row and kept, sealed, with what is wrong in each."""

from collections.abc import Sequence

from services.chassis.data.imports.check import check_chunk
from services.chassis.data.imports.columns import Column
from services.chassis.data.imports.layout import Layout
from services.chassis.data.imports.reading import Chunk
from services.chassis.data.tx import Tx
from services.membership.store import import_rows
from services.membership.store.tables import Import
from services.membership.usecases.imports.judge_chunk import judge_chunk


async def stage_rows(
    tx: Tx, batch: Import, columns: Sequence[Column], layout: Layout, chunk: Chunk
) -> None:
    """Keep the rows and how far the sheet is read together: a repeated chunk finds itself done."""
    last = chunk.first + len(chunk.rows) - 1
    fresh = chunk.rows[max(0, batch.read_to + 1 - chunk.first) :]
    checked = check_chunk(columns, layout, last + 1 - len(fresh), fresh)
    rows = await judge_chunk(tx, batch, columns, checked)
    if rows:
        await import_rows.stage(tx, batch.id, rows)
    batch.read_to = max(batch.read_to, last)
    batch.total += len(rows)
