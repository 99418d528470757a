"""Applications that were found fit make members: once for each person (J-1, M-21)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.membership.domain.application import State
from services.membership.domain.decision import Result
from services.membership.domain.register import already_member
from services.membership.store import admissions, people_found
from services.membership.store.admissions import Admission
from services.membership.store.decisions_noted import note_conflicts


async def admit_applications(
    tx: Tx, fit: Sequence[Row[Any]], reason: str, rule: str
) -> list[Result]:
    """Whoever is a member somewhere is left as they are (M-21); all others become members."""
    if not fit:
        return []
    known = await people_found.known(tx, [row.document_key for row in fit])
    people = await people_found.lock(tx, set(known.values()))
    members = await admissions.open_memberships(tx, people.keys())
    admitted, refused, later = [], [], []
    conflicts: dict[UUID, UUID] = {}
    taken: set[UUID] = set()
    for row in fit:
        person_id = known.get(row.document_key) or new_id()
        if (member := members.get(person_id)) is not None:
            refusal = already_member(member.name, member.phone or "", to_member=False)
            conflicts[row.id] = member.id
            refused.append(Result(row.id, State.SUBMITTED, refusal))
        elif person_id in taken:
            later.append(row)  # another document of somebody who becomes a member just now
        else:
            taken.add(person_id)
            admitted.append(Admission(row, person_id, new_id(), people.get(person_id)))
    await note_conflicts(tx, conflicts)
    lost = await _people(tx, admitted)
    later += [a.application for a in admitted if a.person_id in lost]
    admitted = [a for a in admitted if a.person_id not in lost]
    await admissions.write(tx, admitted, reason, rule)
    done = [
        Result(a.application.id, State.ADMITTED, None, a.membership_id, a.person_id)
        for a in admitted
    ]
    return [*refused, *done, *await admit_applications(tx, later, reason, rule)]


async def _people(tx: Tx, admitted: Sequence[Admission]) -> set[UUID]:
    """Known people are brought up to date, all others made; whom somebody else made is lost."""
    numbers = await admissions.give_numbers(tx, admitted)
    before = {a.person_id: a.application for a in admitted if a.person is not None}
    fresh = {a.person_id: a.application for a in admitted if a.person is None}
    await people_found.refresh(tx, before, numbers)
    return await people_found.make(tx, fresh, numbers)
