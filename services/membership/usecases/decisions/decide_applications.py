"""Reviewers admit or refuse up to a thousand applications at once; each comes out on its own."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import FieldError, NotFound, Refusal, Unprocessable
from services.membership.domain.application import ACTION_OF, DECIDERS, Outcome, State
from services.membership.domain.decision import Result, judge
from services.membership.domain.policies import Hands
from services.membership.domain.register import already_member
from services.membership.store import admissions, application_steps, applications
from services.membership.store.admissions import Admission
from services.membership.store.decisions_noted import note_decisions
from services.membership.store.people_found import people_for, refresh_people
from services.membership.store.tables import Application

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
    fit = [found[id_] for id_, result in results.items() if result.refusal is None]
    if outcome is Outcome.ADMITTED:
        results |= {result.application_id: result for result in await _admit(tx, fit, reason)}
    decided = [row for row in fit if results[row.id].refusal is None]
    for application in decided:
        application.state = State(outcome)
        application.reason = reason
        application.decided_at = application.updated_at = tx.now
        application.decided_by, application.decided_name = actor.id, actor.name
        application.version += 1
    await tx.session.flush()
    await admissions.forget_reviews(tx, [row.id for row in decided])
    await note_decisions(tx, decided, ACTION_OF[outcome], reason, RULE)
    return [_named(results[id_], found.get(id_)) for id_ in ids]


def _named(result: Result, application: Application | None) -> Result:
    """With what a person recognises the application by."""
    if application is None:
        return result
    return replace(result, number=application.number, name=application.name)


def _first_look(
    actor: Actor,
    application: Application | None,
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


async def _admit(tx: Tx, fit: Sequence[Application], reason: str) -> list[Result]:
    """Whoever is a member somewhere is left as they are (M-21); all others become members."""
    persons = await people_for(tx, fit)
    people = await admissions.lock_people(tx, list(persons.values()))
    refresh_people(tx, fit, persons, people)
    members = await admissions.open_memberships(tx, list(people))
    results, admitted = [], []
    for application in fit:
        person_id = persons[application.document_key]
        if (member := members.get(person_id)) is not None:
            refusal = already_member(member.name, member.phone or "", to_member=False)
            application.conflict_union_id = member.id
            results.append(Result(application.id, State.SUBMITTED, refusal))
            continue
        admission = Admission(application, person_id, new_id())
        admitted.append(admission)
        results.append(
            Result(application.id, State.ADMITTED, None, admission.membership_id, person_id)
        )
    await admissions.give_numbers(tx, admitted, people)
    await admissions.write(tx, admitted, people, reason, RULE)
    return results
