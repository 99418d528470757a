"""Many decisions written in a few statements: states, history and audit (J-5)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, Uuid, func, update

from services.chassis.data.bulk import copy_rows, lined_up
from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.membership.domain.application import Action, State
from services.membership.domain.decision import Result
from services.membership.domain.policies import acting_role
from services.membership.store.tables import Application, ApplicationStep

STEP = (
    *("id", "application_id", "union_path"),
    *("at", "action", "before", "after", "actor_id", "actor_name", "actor_role", "reason", "rule"),
)


async def close_applications(tx: Tx, decided: Sequence[Result], state: State, reason: str) -> None:
    """Each application takes its new state, and an admitted one its person and membership."""
    columns = {"id": Uuid(), "person_id": Uuid(), "membership_id": Uuid()}
    rows = [(r.application_id, r.person_id, r.membership_id) for r in decided]
    made = lined_up("made", columns, rows)
    change = update(Application).where(Application.id == made.c.id)
    change = change.values(
        state=state,
        reason=reason,
        decided_at=tx.now,
        updated_at=tx.now,
        decided_by=tx.actor.id,
        decided_name=tx.actor.name,
        version=Application.version + 1,
        person_id=func.coalesce(made.c.person_id, Application.person_id),
        membership_id=func.coalesce(made.c.membership_id, Application.membership_id),
    )
    await tx.session.execute(change, execution_options={"synchronize_session": False})


async def note_conflicts(tx: Tx, unions: Mapping[UUID, UUID]) -> None:
    """Where each application's document is already registered (M-21)."""
    if not unions:
        return
    found = lined_up("found", {"id": Uuid(), "union_id": Uuid()}, list(unions.items()))
    change = update(Application).where(Application.id == found.c.id)
    await tx.session.execute(
        change.values(conflict_union_id=found.c.union_id),
        execution_options={"synchronize_session": False},
    )


async def note_decisions(
    tx: Tx,
    applications: Sequence[Row[Any]],
    action: Action,
    after: State,
    reason: str,
    rule: str,
) -> None:
    """One line of history and one of audit for each application that was decided."""
    role = acting_role(tx.actor, action, State.SUBMITTED)
    how = (tx.now, action, State.SUBMITTED, after, tx.actor.id, tx.actor.name, role, reason, rule)
    steps = ((new_id(), row.id, row.union_path, *how) for row in applications)
    await copy_rows(tx, ApplicationStep.__table__, STEP, steps)  # type: ignore[arg-type]  # a mapped class's table is a Table
    same = tx.audit_values(f"application.{action}", "application", None) | {
        "before": State.SUBMITTED,
        "after": after,
        "reason": reason,
        "details": orjson.dumps({"rule": rule}).decode(),
    }
    own = ("id", "subject", "union_path")
    shared = {name: value for name, value in same.items() if name not in own}
    values = tuple(shared.values())
    audit = ((new_id(), row.id, row.union_path, *values) for row in applications)
    await copy_rows(tx, tx.store.tables.audit, (*own, *shared), audit)
