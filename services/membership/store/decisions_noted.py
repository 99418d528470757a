"""History and audit of many decisions in two statements (J-5)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.membership.domain.application import Action, State
from services.membership.domain.policies import acting_role
from services.membership.store.tables import Application, ApplicationStep


async def note_decisions(
    tx: Tx, applications: Sequence[Application], action: Action, reason: str, rule: str
) -> None:
    """One line of history and one of audit for each application that was decided."""
    if not applications:
        return
    role = acting_role(tx.actor, action, State.SUBMITTED)
    await tx.session.execute(
        insert(ApplicationStep),
        [_step(tx, application, action, role, reason, rule) for application in applications],
    )
    await tx.session.execute(
        insert(tx.store.tables.audit),
        [_audit(tx, application, action, reason, rule) for application in applications],
    )


def _step(
    tx: Tx, application: Application, action: Action, role: str, reason: str, rule: str
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "application_id": application.id,
        "union_path": application.union_path,
        "at": tx.now,
        "action": action,
        "before": State.SUBMITTED,
        "after": application.state,
        "actor_id": tx.actor.id,
        "actor_name": tx.actor.name,
        "actor_role": role,
        "reason": reason,
        "rule": rule,
    }


def _audit(
    tx: Tx, application: Application, action: Action, reason: str, rule: str
) -> dict[str, Any]:
    return tx.audit_values(f"application.{action}", "application", application.id) | {
        "union_path": application.union_path,
        "before": State.SUBMITTED,
        "after": application.state,
        "reason": reason,
        "details": {"rule": rule},
    }
