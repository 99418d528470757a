"""Writes admissions set by set: numbers, people, memberships, changes, cards, consents."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, delete, exists, select, update
from sqlalchemy.orm import aliased

from services.chassis.data.bulk import among, copy_rows, lined_up
from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.membership.domain.membership import OPEN, Change, State
from services.membership.domain.numbers import patterned
from services.membership.store import numbers, parameters
from services.membership.store.tables import (
    Card,
    Consent,
    Membership,
    MembershipChange,
    Person,
    Union,
)

MEMBERSHIP = (
    *("id", "person_id", "union_id", "union_path", "group_code", "join_path", "channel"),
    *("platforms", "application_id", "batch_id"),
    *("state", "joined_on", "version", "created_at", "updated_at"),
)
CHANGE = (
    *("id", "membership_id", "person_id", "union_id", "union_path"),
    *("change", "changed_on", "recorded_at", "actor_id", "actor_name"),
    *("before", "after", "reason", "rule"),
)


@dataclass(frozen=True, slots=True)
class Admission:
    """One application that may become a membership; ``person`` is who was known before."""

    application: Row[Any]
    person_id: UUID
    membership_id: UUID
    person: Row[Any] | None = None


async def open_memberships(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Who is a member already, and where (M-21)."""
    query = (
        select(Membership.person_id, Union.id, Union.name, Union.phone)
        .join(Union, Union.id == Membership.union_id)
        .where(among(Membership.person_id, ids), Membership.state.in_(OPEN))
    )
    return {row.person_id: row for row in await tx.rows(query)}


async def give_numbers(tx: Tx, admissions: Sequence[Admission]) -> dict[UUID, str]:
    """A lifelong number for each person who has none, by the pattern of the union they join."""
    by_union: dict[UUID, list[Admission]] = defaultdict(list)
    for admission in admissions:
        if admission.person is None or admission.person.member_number is None:
            by_union[admission.application.union_id].append(admission)
    given: dict[UUID, str] = {}
    for union_id in sorted(by_union):
        given |= await _number(tx, union_id, by_union[union_id])
    return given


async def _number(tx: Tx, union_id: UUID, admissions: Sequence[Admission]) -> dict[UUID, str]:
    path = admissions[0].application.union_path
    pattern = str(await parameters.value_of(tx, "member_number_pattern", path, tx.today))
    code = await tx.session.scalar(select(Union.code).where(Union.id == union_id))
    year = str(tx.today.year)
    first = await numbers.take(tx, union_id, "member", year, len(admissions))
    fields: dict[str, str | int] = {"code": str(code), "year": year}
    return {
        admission.person_id: patterned(pattern, fields | {"serial": serial})
        for serial, admission in enumerate(admissions, first)
    }


async def write(tx: Tx, admissions: Sequence[Admission], reason: str, rule: str) -> None:
    """The rows of new members; the index on open memberships is the last wall (M-21)."""
    if not admissions:
        return
    same = (State.ACTIVE, tx.today, 1, tx.now, tx.now)
    members = ((*_membership(admission), *same) for admission in admissions)
    await copy_rows(tx, Membership.__table__, MEMBERSHIP, members)  # type: ignore[arg-type]  # a mapped class's table is a Table
    # 入会, code 1 of the national list (B.3).
    who = (Change.JOINED, tx.today, tx.now, tx.actor.id, tx.actor.name)
    how = (*who, "", State.ACTIVE, reason, rule)
    changes = (
        (
            *(new_id(), a.membership_id, a.person_id),
            *(a.application.union_id, a.application.union_path, *how),
        )
        for a in admissions
    )
    await copy_rows(tx, MembershipChange.__table__, CHANGE, changes)  # type: ignore[arg-type]  # a mapped class's table is a Table
    cards = ((new_id(), a.membership_id, tx.now) for a in admissions)
    await copy_rows(tx, Card.__table__, ("id", "membership_id", "issued_at"), cards)  # type: ignore[arg-type]  # a mapped class's table is a Table
    await _move_consents(tx, admissions)
    await _link_accounts(tx, admissions)


def _membership(admission: Admission) -> tuple[Any, ...]:
    row = admission.application
    return (
        *(admission.membership_id, admission.person_id, row.union_id, row.union_path),
        *(row.group_code, row.join_path, row.channel, row.platforms, row.id, row.batch_id),
    )


async def _move_consents(tx: Tx, admissions: Sequence[Admission]) -> None:
    """What was agreed to for the application now belongs to the person (S-16)."""
    pairs = [(a.application.id, a.person_id) for a in admissions]
    owner = lined_up("owner", {"application_id": Uuid(), "person_id": Uuid()}, pairs)
    change = update(Consent).where(Consent.application_id == owner.c.application_id)
    await tx.session.execute(
        change.values(person_id=owner.c.person_id),
        execution_options={"synchronize_session": False},
    )


async def _link_accounts(tx: Tx, admissions: Sequence[Admission]) -> None:
    """Who applied with a verified phone may see their membership from that log-in."""
    wanted = {
        a.application.applicant_id: a.person_id
        for a in admissions
        if a.application.applicant_id and (a.person is None or a.person.account_id is None)
    }
    if not wanted:
        return
    pairs = list(wanted.items())
    login = lined_up("login", {"account_id": Uuid(), "person_id": Uuid()}, pairs)
    linked = aliased(Person)
    change = update(Person).where(
        Person.id == login.c.person_id,
        ~exists().where(linked.account_id == login.c.account_id),
    )
    await tx.session.execute(
        change.values(account_id=login.c.account_id),
        execution_options={"synchronize_session": False},
    )


async def forget_reviews(tx: Tx, ids: Collection[UUID]) -> None:
    """What is decided needs no review deadline any more."""
    deadlines = tx.store.tables.deadlines
    this = (deadlines.c.kind == "review") & among(deadlines.c.subject, ids)
    await tx.session.execute(delete(deadlines).where(this))
