"""Finds or makes the person behind each application, once for each document (J-1)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.membership.store.facts import open_facts, seal_facts
from services.membership.store.tables import Application, Person, PersonKey

SHARED = (
    "name",
    "pinyin",
    "initials",
    "document_kind",
    "document_masked",
    "phone_masked",
    "phone_key",
    "phone_tail",
    "sex",
    "birth_year",
    "birth_month",
    "employer_name",
)
DETAILS = (
    "ethnicity",
    "education",
    "politics",
    "employment",
    "skill_level",
    "household_kind",
    "household_division",
    "native_place",
    "is_migrant",
)


async def people_for(tx: Tx, applications: Sequence[Application]) -> dict[bytes, UUID]:
    """For each document key the person's id; who did not exist is made.

    Two transactions may make the same person at once: the key is unique, the later one waits for
    the earlier and then takes its person.
    """
    keys = [application.document_key for application in applications]
    known = await _known(tx, keys)
    fresh = {a.document_key: a for a in applications if a.document_key not in known}
    if not fresh:
        return known
    ids = {key: new_id() for key in fresh}
    await tx.session.execute(
        insert(Person), [_columns(tx, ids[key], application) for key, application in fresh.items()]
    )
    rows = [{"blind": key, "person_id": ids[key]} for key in sorted(fresh)]
    claim = upsert(PersonKey).values(rows).on_conflict_do_nothing().returning(PersonKey.blind)
    won = set(await tx.session.scalars(claim))
    if lost := [ids[key] for key in fresh if key not in won]:
        await tx.session.execute(delete(Person).where(Person.id.in_(lost)))
    return known | await _known(tx, list(fresh))


def refresh_people(
    tx: Tx,
    applications: Sequence[Application],
    persons: Mapping[bytes, UUID],
    people: Mapping[UUID, Person],
) -> None:
    """Who was known before is known by what they say now: another phone, another address."""
    for application in applications:
        person = people[persons[application.document_key]]
        if person.created_at == tx.now:
            continue
        for name, value in _columns(tx, person.id, application).items():
            if name not in ("id", "version", "created_at") and value not in (None, ""):
                setattr(person, name, value)
        person.version += 1


async def _known(tx: Tx, keys: Sequence[bytes]) -> dict[bytes, UUID]:
    query = select(PersonKey.blind, PersonKey.person_id).where(PersonKey.blind.in_(keys))
    return {row.blind: row.person_id for row in await tx.rows(query)}


def _columns(tx: Tx, person_id: UUID, application: Application) -> dict[str, Any]:
    """The application's person, sealed anew for its own place."""
    facts = open_facts(tx.sealer, "applications", application.id, application.facts)
    return (
        {name: getattr(application, name) for name in SHARED}
        | {name: application.details.get(name) for name in DETAILS}
        | {
            "id": person_id,
            "facts": seal_facts(tx.sealer, "people", person_id, facts),
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
        }
    )
