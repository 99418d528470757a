"""The clerk mends a row in the page; it is checked again, and with it whom it repeated."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import or_

from services.chassis.data.imports.check import check_row
from services.chassis.data.imports.columns import Column
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import FieldError, Stale, Unprocessable
from services.membership.domain.import_batch import LIFECYCLE, Action, RowState, State
from services.membership.domain.policies import roles_of
from services.membership.store import import_marks, import_rows, imports, parameters
from services.membership.store.facts import document_key
from services.membership.store.import_columns import gig_workers
from services.membership.store.import_rows import Cells, Staged
from services.membership.store.tables import Import, ImportRow
from services.membership.usecases.imports.judge_chunk import judge_chunk

STALE = "这一行刚被别人修改过，请刷新后核对再改。"


async def mend_row(
    actor: Actor, tx: Tx, import_id: UUID, number: int, version: int, changes: Mapping[str, str]
) -> ImportRow:
    columns = gig_workers()
    _refuse_unknown(columns, changes)
    batch = await imports.lock(actor, tx, import_id)
    LIFECYCLE.after(State(batch.state), Action.MEND, roles_of(actor))
    row = await import_rows.lock(tx, batch.id, number)
    if row.version != version:
        raise Stale(STALE)
    before = row.document_key
    typed, judged = await _judge(tx, batch, row, columns, changes)
    _write(actor, tx, row, typed, judged)
    await tx.session.flush()
    same = [key for key in (before, row.document_key) if key is not None]
    await import_marks.mark(
        tx, batch, or_(ImportRow.number == number, ImportRow.document_key.in_(same))
    )
    await imports.count(tx, batch)
    await tx.session.refresh(row)
    await tx.record(
        "import.row-mended",
        "import",
        batch.id,
        union_path=batch.union_path,
        row=number,
        fields=sorted(changes),
        after=row.state,
    )
    return row


def _refuse_unknown(columns: Sequence[Column], changes: Mapping[str, str]) -> None:
    known = {column.name for column in columns}
    errors = [
        FieldError(f"/{name}", "unknown", "表里没有这一项。")
        for name in changes
        if name not in known
    ]
    if errors or not changes:
        raise Unprocessable("请说明要修改这一行的哪一项。", errors)


async def _judge(
    tx: Tx, batch: Import, row: ImportRow, columns: Sequence[Column], changes: Mapping[str, str]
) -> tuple[list[str], Staged]:
    """The sheet's own cells, with the changes, as if the row had stood there so."""
    cells = import_rows.open_cells(tx.sealer, row)
    places = imports.layout_of(batch).places
    fields = dict(zip((column.name for column in columns), cells.values, strict=True))
    typed = list(cells.typed)
    for name, place in places.items():
        if name in changes:
            typed.extend([""] * (place + 1 - len(typed)))
            typed[place] = changes[name]
        fields[name] = typed[place] if place < len(typed) else ""
    checked = check_row(columns, fields | dict(changes))
    minimum = await parameters.value_of(tx, "minimum_age", batch.union_path, tx.today)
    return typed, judge_chunk(columns, checked, tx.today, int(minimum))[0]


def _write(actor: Actor, tx: Tx, row: ImportRow, typed: list[str], judged: Staged) -> None:
    cells = Cells(typed, judged.cells.values)
    row.cells = import_rows.seal_cells(tx.sealer, row.import_id, row.number, cells)
    row.problems = import_rows.as_json(judged.problems)
    row.is_faulty = judged.is_faulty
    row.marks = []
    row.state = RowState.FAULTY if judged.is_faulty else RowState.READY
    row.document_key = document_key(tx.sealer, *judged.document) if judged.document else None
    row.version += 1
    row.mended_by = actor.id
