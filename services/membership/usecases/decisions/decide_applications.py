"""Reviewers admit or refuse many applications at once; each comes out on its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import FieldError, NotFound, Refusal, Unprocessable
from services.membership.domain.application import ACTION_OF, DECIDERS, Outcome, State
from services.membership.domain.decision import Result, judge
from services.membership.domain.policies import Hands
from services.membership.store import admissions, application_steps, applications
from services.membership.store.decisions_noted import close_applications, note_decisions
from services.membership.usecases.decisions.admit_applications import admit_applications

RULE = "M-08"
WHY = "请写明不予通过的理由，申请人会看到。"


async def decide_applications(
    actor: Actor, tx: Tx, ids: Sequence[UUID], outcome: Outcome, reason: str
) -> list[Result]:
    actor.require(*DECIDERS)
    if outcome is Outcome.REFUSED and not reason:
        raise Unprocessable(WHY, [FieldError("/reason", "missing", WHY)])
    found = {row.id: row for row in await applications.lock_many(actor, tx, ids)}
    hands = await application_steps.hands_of(tx, list(found.values()))
    results = {id_: _first_look(actor, found.get(id_), id_, hands.get(id_), outcome) for id_ in ids}
    if outcome is Outcome.ADMITTED:
        fit = [found[id_] for id_, result in results.items() if result.refusal is None]
        admitted = await admit_applications(tx, fit, reason, RULE)
        results |= {result.application_id: result for result in admitted}
    await _write(tx, found, list(results.values()), outcome, reason)
    return [_named(results[id_], found.get(id_)) for id_ in ids]


async def _write(
    tx: Tx,
    found: Mapping[UUID, Row[Any]],
    results: Sequence[Result],
    outcome: Outcome,
    reason: str,
) -> None:
    decided = [result for result in results if result.refusal is None]
    if not decided:
        return
    rows = [found[result.application_id] for result in decided]
    state = State(outcome)
    await close_applications(tx, decided, state, reason)
    await admissions.forget_reviews(tx, [row.id for row in rows])
    await note_decisions(tx, rows, ACTION_OF[outcome], state, reason, RULE)


def _named(result: Result, application: Row[Any] | None) -> Result:
    """With what a person recognises the application by, and whose it is."""
    if application is None:
        return result
    return replace(
        result,
        number=application.number,
        name=application.name,
        union_id=application.union_id,
    )


def _first_look(
    actor: Actor,
    application: Row[Any] | None,
    id_: UUID,
    hands: Hands | None,
    outcome: Outcome,
) -> Result:
    if application is None or hands is None:
        return Result(id_, refusal=NotFound(applications.MISSING))
    after = judge(actor, State(application.state), hands, outcome)
    if isinstance(after, Refusal):
        return Result(id_, State(application.state), after)
    return Result(id_, after)
