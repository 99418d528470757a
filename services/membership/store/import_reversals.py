"""Takes back the applications of a sheet that nobody has decided yet, set by set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select, update

from services.chassis.data.tx import Tx
from services.membership.domain.application import WAITING, Action, Channel, State
from services.membership.domain.import_batch import RowState
from services.membership.store import consents
from services.membership.store.import_submissions import add_steps
from services.membership.store.tables import CHASSIS, Application, Import, ImportRow


@dataclass(frozen=True, slots=True)
class Undone:
    """How many applications were withdrawn, were decided before, and how many consents ended."""

    withdrawn: int
    kept: int
    consents: int


async def withdraw_some(tx: Tx, batch: Import, limit: int, reason: str) -> Undone:
    """Take back the next applied rows that wait."""
    query = (
        select(ImportRow.number, Application.id, Application.state)
        .join(Application, Application.id == ImportRow.application_id)
        .where(ImportRow.import_id == batch.id, ImportRow.state == RowState.APPLIED)
        .order_by(ImportRow.number)
        .limit(limit)
        .with_for_update(of=Application)
    )
    rows = await tx.rows(query)
    waiting = [row for row in rows if row.state in WAITING]
    decided = [row for row in rows if row.state not in WAITING]
    ended = await _withdraw(tx, batch, waiting, reason) if waiting else 0
    for found, state in ((waiting, RowState.UNDONE), (decided, RowState.KEPT)):
        change = update(ImportRow).where(
            ImportRow.import_id == batch.id, ImportRow.number.in_([row.number for row in found])
        )
        await tx.session.execute(
            change.values(state=state), execution_options={"synchronize_session": False}
        )
    return Undone(len(waiting), len(decided), ended)


async def _withdraw(tx: Tx, batch: Import, rows: Sequence[Row[Any]], reason: str) -> int:
    """How many consents ended with the applications (S-03)."""
    ids = [row.id for row in rows]
    change = (
        update(Application)
        .where(Application.id.in_(ids))
        .values(
            state=State.WITHDRAWN,
            reason=reason,
            updated_at=tx.now,
            version=Application.version + 1,
        )
    )
    await tx.session.execute(change, execution_options={"synchronize_session": False})
    for before in WAITING:
        some = [row.id for row in rows if row.state == before]
        await add_steps(
            tx, batch.union_path, some, Action.WITHDRAW, before, State.WITHDRAWN, reason=reason
        )
    deadlines = CHASSIS.deadlines
    await tx.session.execute(
        delete(deadlines).where(deadlines.c.subject.in_(ids), deadlines.c.kind == "review")
    )
    return len(await consents.end_with(tx, ids, Channel.BATCH))
