"""The rows that were not imported come back as the same sheet plus the reasons, to be mended."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.data.imports.writing import REASON, csv_rows, xlsx_rows
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.membership.domain.import_batch import REJECTED
from services.membership.store import import_rows, imports

WRITERS = {"xlsx": xlsx_rows, "csv": csv_rows}


async def write_rejected(actor: Actor, tx: Tx, import_id: UUID, path: Path, kind: str) -> str:
    """Write the file, and answer the name of the sheet that it came from."""
    actor.require(Role.CLERK)
    batch = await imports.lock(actor, tx, import_id)
    headers = list(imports.layout_of(batch).headers)
    written = 0
    with WRITERS[kind](path, [*headers, REASON]) as add:
        async for rows in import_rows.walk(tx, batch.id, REJECTED):
            written += len(rows)
            await asyncio.to_thread(add, [_given_back(tx, row, len(headers)) for row in rows])
    await tx.record(
        "import.rejected-downloaded",
        "import",
        batch.id,
        union_path=batch.union_path,
        rows=written,
        kind=kind,
    )
    return batch.file_name


def _given_back(tx: Tx, row: Row[Any], width: int) -> Sequence[str]:
    typed = import_rows.open_cells(tx.sealer, row).typed
    cells = (typed + [""] * width)[:width]
    found = [*row.marks, *row.problems]
    reasons = [each["message"] for each in found if each["severity"] == "error"]
    return [*cells, "".join(dict.fromkeys(reasons))]
