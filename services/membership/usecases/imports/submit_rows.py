"""Ready rows of a confirmed sheet become submitted applications, each once (M-03, M-10)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.chassis.data.tx import Tx
from services.chassis.kernel.calendar import Due, shipped
from services.membership.domain.application import review_due
from services.membership.domain.events import BatchApplied
from services.membership.store import consents, import_rows, import_submissions, parameters
from services.membership.store.import_columns import gig_workers
from services.membership.store.import_submissions import Ready
from services.membership.store.tables import Import, Union
from services.membership.usecases.imports.ready_row import ready_row

TOLD_AT_ONCE = 1_000


async def submit_rows(tx: Tx, batch: Import, union: Union, rows: Sequence[Row[Any]]) -> int:
    """How many applications were made; a row whose document applied meanwhile makes none."""
    texts = [row for row in await consents.texts(tx, tx.today) if row.is_required]
    ready = [_ready(tx, union, row) for row in rows]
    made = await import_submissions.submit(tx, batch, ready, await _due(tx, batch), texts)
    for start in range(0, len(made), TOLD_AT_ONCE):
        await tx.emit(
            BatchApplied(
                subject=batch.id,
                outcome="submitted",
                union_id=union.id,
                application_ids=made[start : start + TOLD_AT_ONCE],
                membership_ids=[],
                person_ids=[],
            )
        )
    return len(made)


async def _due(tx: Tx, batch: Import) -> Due:
    days = await parameters.value_of(tx, "join_review_days", batch.union_path, tx.today)
    return review_due(tx.today, int(days), shipped())


def _ready(tx: Tx, union: Union, row: Row[Any]) -> Ready:
    cells = import_rows.open_cells(tx.sealer, row)
    names = [column.name for column in gig_workers()]
    values = dict(zip(names, cells.values, strict=True))
    return ready_row(tx, union, row.number, row.document_key, values)
