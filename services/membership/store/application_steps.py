"""The steps that applications took: read as their history, written with their audit."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.chassis.data.bulk import among
from services.chassis.data.read import Reader
from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.membership.domain.application import Action, State
from services.membership.domain.policies import Hands, acting_role
from services.membership.store.tables import Application, ApplicationStep


async def history(read: Reader, application_id: UUID) -> Sequence[Row[Any]]:
    """Every step of one application that the caller was already allowed to see."""
    steps = ApplicationStep.__table__
    query = select(steps).where(ApplicationStep.application_id == application_id)
    return await read.rows(query.order_by(ApplicationStep.at, ApplicationStep.id))


async def hands_of(tx: Tx, rows: Sequence[Application | Row[Any]]) -> dict[UUID, Hands]:
    """Who prepared each application, whose it is, and who handed it in at any time (M-08)."""
    submitters: dict[UUID, set[UUID]] = defaultdict(set)
    query = select(ApplicationStep.application_id, ApplicationStep.actor_id).where(
        among(ApplicationStep.application_id, [row.id for row in rows]),
        ApplicationStep.action == Action.SUBMIT,
    )
    for step in await tx.rows(query):
        submitters[step.application_id].add(step.actor_id)
    return {
        row.id: Hands(row.prepared_by, row.applicant_id, frozenset(submitters[row.id]))
        for row in rows
    }


async def note(
    tx: Tx,
    application: Application,
    action: Action,
    before: str,
    *,
    reason: str = "",
    rule: str = "",
) -> None:
    """One line of history and one of audit for a move (J-5)."""
    tx.session.add(
        ApplicationStep(
            id=new_id(),
            application_id=application.id,
            union_path=application.union_path,
            at=tx.now,
            action=action,
            before=before,
            after=application.state,
            actor_id=tx.actor.id,
            actor_name=tx.actor.name,
            actor_role=acting_role(tx.actor, action, State(before)) if before else "",
            reason=reason,
            rule=rule,
        )
    )
    await tx.record(
        f"application.{action}",
        "application",
        application.id,
        union_path=application.union_path,
        before=before,
        after=application.state,
        reason=reason,
        rule=rule,
    )
