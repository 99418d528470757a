"""Finds or makes the people behind many applications, once for each document (J-1)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    LargeBinary,
    Row,
    SmallInteger,
    Text,
    Uuid,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import TypeEngine

from services.chassis.data.bulk import among, copy_rows, lined_up
from services.chassis.data.tx import Tx
from services.membership.store.tables import Person, PersonKey

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
SAID = ("id", "facts", "member_number", *SHARED, *DETAILS)
COPIED = (*SAID, "version", "created_at", "updated_at")
TYPES: dict[type, TypeEngine[Any]] = {
    str: Text(),
    bytes: LargeBinary(),
    int: SmallInteger(),
    bool: Boolean(),
    UUID: Uuid(),
}


async def known(tx: Tx, keys: Collection[bytes]) -> dict[bytes, UUID]:
    """For each document key that is registered, the person's id."""
    query = select(PersonKey.blind, PersonKey.person_id).where(among(PersonKey.blind, keys))
    return {row.blind: row.person_id for row in await tx.rows(query)}


async def lock(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Those who were known before, locked in one order against deadlocks."""
    query = select(Person.id, Person.member_number, Person.account_id)
    query = query.where(among(Person.id, ids)).order_by(Person.id).with_for_update()
    return {row.id: row for row in await tx.rows(query)}


async def make(tx: Tx, fresh: Mapping[UUID, Row[Any]], numbers: Mapping[UUID, str]) -> set[UUID]:
    """New people for applications by their new id; answers the ids that came too late.

    Two transactions may make the same person at once: the key is unique, the later one waits for
    the earlier and finds the person there.
    """
    if not fresh:
        return set()
    late = (1, tx.now, tx.now)
    rows = ((*said, *late) for said in _said(tx, fresh, numbers))
    await copy_rows(tx, Person.__table__, COPIED, rows)  # type: ignore[arg-type]  # a mapped class's table is a Table
    pairs = sorted((row.document_key, id_) for id_, row in fresh.items())
    wanted = lined_up("wanted", {"blind": LargeBinary(), "person_id": Uuid()}, pairs)
    claim = upsert(PersonKey).from_select(("blind", "person_id"), select(wanted))
    claim = claim.on_conflict_do_nothing()
    won = set(await tx.session.scalars(claim.returning(PersonKey.person_id)))
    lost = fresh.keys() - won
    if lost:
        await tx.session.execute(delete(Person).where(among(Person.id, lost)))
    return lost


async def refresh(tx: Tx, people: Mapping[UUID, Row[Any]], numbers: Mapping[UUID, str]) -> None:
    """Who was known before is known by what they say now: another phone, another address."""
    if not people:
        return
    columns = Person.__table__.c
    types = {name: TYPES[columns[name].type.python_type] for name in SAID}
    said = lined_up("said", types, list(_said(tx, people, numbers)))
    now = {name: _if_said(said.c[name], columns[name]) for name in SAID if name != "id"}
    # A number is for life.
    now["member_number"] = func.coalesce(Person.member_number, said.c.member_number)
    change = update(Person).where(Person.id == said.c.id)
    await tx.session.execute(
        change.values(**now, version=Person.version + 1, updated_at=tx.now),
        execution_options={"synchronize_session": False},
    )


def _if_said(new: Any, old: Any) -> Any:
    return func.coalesce(func.nullif(new, "") if isinstance(new.type, Text) else new, old)


def _said(
    tx: Tx, people: Mapping[UUID, Row[Any]], numbers: Mapping[UUID, str]
) -> Iterator[tuple[Any, ...]]:
    """What the applications say of their people, the facts sealed anew for their own place."""
    open_, sealer = tx.sealer.open, tx.sealer
    plain = [open_(row.facts, f"applications:{row.id}:facts") for row in people.values()]
    sealed = sealer.seal_many(plain, [f"people:{id_}:facts" for id_ in people])
    for (id_, row), facts in zip(people.items(), sealed, strict=True):
        shared = (getattr(row, name) for name in SHARED)
        yield (id_, facts, numbers.get(id_), *shared, *map(row.details.get, DETAILS))
