"""Writes admissions set by set: numbers, memberships, changes, cards, history, audit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.membership.domain.membership import OPEN, Change, State
from services.membership.domain.numbers import patterned
from services.membership.store import numbers, parameters
from services.membership.store.tables import (
    Application,
    Card,
    Consent,
    Membership,
    MembershipChange,
    Person,
    Union,
)


@dataclass(frozen=True, slots=True)
class Admission:
    """One application whose person is known and that may become a membership."""

    application: Application
    person_id: UUID
    membership_id: UUID


async def lock_people(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """The people about to be admitted, locked in one order."""
    query = select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()
    return {person.id: person for person in await tx.session.scalars(query)}


async def open_memberships(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Row[Any]]:
    """Who is a member already, and where (M-21)."""
    query = (
        select(Membership.person_id, Union.id, Union.name, Union.phone)
        .join(Union, Union.id == Membership.union_id)
        .where(Membership.person_id.in_(ids), Membership.state.in_(OPEN))
    )
    return {row.person_id: row for row in await tx.rows(query)}


async def give_numbers(
    tx: Tx, admissions: Sequence[Admission], people: Mapping[UUID, Person]
) -> None:
    """A lifelong number for whoever has none, by the pattern of the union they join."""
    by_union: dict[UUID, list[Admission]] = defaultdict(list)
    for admission in admissions:
        if people[admission.person_id].member_number is None:
            by_union[admission.application.union_id].append(admission)
    for union_id in sorted(by_union):
        await _number(tx, union_id, by_union[union_id], people)


async def _number(
    tx: Tx, union_id: UUID, admissions: Sequence[Admission], people: Mapping[UUID, Person]
) -> None:
    path = admissions[0].application.union_path
    pattern = str(await parameters.value_of(tx, "member_number_pattern", path, tx.today))
    code = await tx.session.scalar(select(Union.code).where(Union.id == union_id))
    year = str(tx.today.year)
    first = await numbers.take(tx, union_id, "member", year, len(admissions))
    for serial, admission in enumerate(admissions, first):
        fields: dict[str, str | int] = {"code": str(code), "year": year, "serial": serial}
        people[admission.person_id].member_number = patterned(pattern, fields)


async def write(
    tx: Tx, admissions: Sequence[Admission], people: Mapping[UUID, Person], reason: str, rule: str
) -> None:
    """The rows of new members; the index on open memberships is the last wall (M-21)."""
    if not admissions:
        return
    await tx.session.flush()
    await tx.session.execute(insert(Membership), [_membership(tx, a) for a in admissions])
    await tx.session.execute(
        insert(MembershipChange), [_change(tx, a, reason, rule) for a in admissions]
    )
    await tx.session.execute(
        insert(Card),
        [
            {"id": new_id(), "membership_id": a.membership_id, "issued_at": tx.now}
            for a in admissions
        ],
    )
    await _move_consents(tx, admissions)
    await _link_accounts(tx, admissions, people)


async def _move_consents(tx: Tx, admissions: Sequence[Admission]) -> None:
    """What was agreed to for the application now belongs to the person (S-16)."""
    ids = [a.application.id for a in admissions]
    owner = (
        select(Application.person_id)
        .where(Application.id == Consent.application_id)
        .scalar_subquery()
    )
    for admission in admissions:
        admission.application.person_id = admission.person_id
        admission.application.membership_id = admission.membership_id
    await tx.session.flush()
    await tx.session.execute(
        update(Consent).where(Consent.application_id.in_(ids)).values(person_id=owner)
    )


async def _link_accounts(
    tx: Tx, admissions: Sequence[Admission], people: Mapping[UUID, Person]
) -> None:
    """Who applied with a verified phone may see their membership from that log-in."""
    wanted = {
        a.application.applicant_id: a.person_id
        for a in admissions
        if a.application.applicant_id and people[a.person_id].account_id is None
    }
    if not wanted:
        return
    query = select(Person.account_id).where(Person.account_id.in_(wanted))
    linked = set(await tx.session.scalars(query))
    for account_id, person_id in wanted.items():
        if account_id not in linked:
            people[person_id].account_id = account_id
    await tx.session.flush()


async def forget_reviews(tx: Tx, ids: Sequence[UUID]) -> None:
    """What is decided needs no review deadline any more."""
    deadlines = tx.store.tables.deadlines
    this = (deadlines.c.kind == "review") & deadlines.c.subject.in_(ids)
    await tx.session.execute(delete(deadlines).where(this))


def _membership(tx: Tx, admission: Admission) -> dict[str, Any]:
    application = admission.application
    return {
        "id": admission.membership_id,
        "person_id": admission.person_id,
        "union_id": application.union_id,
        "union_path": application.union_path,
        "state": State.ACTIVE,
        "joined_on": tx.today,
        "group_code": application.group_code,
        "join_path": application.join_path,
        "channel": application.channel,
        "platforms": application.platforms,
        "application_id": application.id,
        "batch_id": application.batch_id,
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
    }


def _change(tx: Tx, admission: Admission, reason: str, rule: str) -> dict[str, Any]:
    """入会, code 1 of the national list (B.3)."""
    application = admission.application
    return {
        "id": new_id(),
        "membership_id": admission.membership_id,
        "person_id": admission.person_id,
        "union_id": application.union_id,
        "union_path": application.union_path,
        "change": Change.JOINED,
        "changed_on": tx.today,
        "recorded_at": tx.now,
        "actor_id": tx.actor.id,
        "actor_name": tx.actor.name,
        "before": "",
        "after": State.ACTIVE,
        "reason": reason,
        "rule": rule,
    }
