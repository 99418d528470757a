"""Any number of members, made from a seed and put straight into the tables by COPY.

They are sealed, blinded, masked and spelt by the service's own functions, so that what a reader
finds is what an enrolment would have left; the history of how they came is not made.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from bench.platform import Platform
from deploy.demo.people import Courier, couriers
from services.chassis.data.sealed import Sealer
from services.chassis.data.store import open_store
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.masking import mask_document, mask_mobile
from services.chassis.kernel.names import pinyin
from services.membership.app import MEMBERSHIP

SEED = 20260302
CHUNK = 20_000
TOWNS = 50
DIVISION = "320582"
# One county, its towns below it, and in each town one union that takes gig workers in.
UNION = [
    "id",
    "parent_id",
    "path",
    "level",
    "kind",
    "code",
    "name",
    "pinyin",
    "initials",
    "words",
    "catches_all",
    "division",
    "phone",
    "state",
    "version",
    "created_at",
    "updated_at",
]
PERSON = [
    "id",
    "name",
    "pinyin",
    "initials",
    "document_kind",
    "document_masked",
    "phone_masked",
    "phone_key",
    "phone_tail",
    "facts",
    "sex",
    "birth_year",
    "birth_month",
    "member_number",
    "version",
    "created_at",
    "updated_at",
]
MEMBERSHIP_COLUMNS = [
    "id",
    "person_id",
    "union_id",
    "union_path",
    "state",
    "joined_on",
    "group_code",
    "join_path",
    "channel",
    "platforms",
    "version",
    "created_at",
    "updated_at",
]


@dataclass(frozen=True, slots=True)
class Register:
    """What a benchmark needs to know of the members it made."""

    unions: list[tuple[UUID, str]]  # ids and paths: the county, then its towns
    documents: list[str]
    names: list[str]

    @property
    def county(self) -> UUID:
        return self.unions[0][0]

    @property
    def county_path(self) -> str:
        return self.unions[0][1]

    @property
    def town(self) -> UUID:
        return self.unions[1][0]

    @property
    def town_path(self) -> str:
        return self.unions[1][1]


async def fill(platform: Platform, size: int, before: Register | None = None) -> Register:
    """``size`` members in fifty towns of one county, those of ``before`` among them."""
    settings = platform.settings()
    store = await open_store(settings, MEMBERSHIP.name, MEMBERSHIP.tables, MEMBERSHIP.tells)
    connection = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    try:
        register = before or Register(await _unions(connection), [], [])
        serial = len(register.names)
        people = islice(couriers(SEED), serial, None)
        while serial < size:
            some = list(islice(people, min(CHUNK, size - serial)))
            await _copy(connection, store.sealer, some, register.unions[1:], serial)
            register.documents.extend(one.id_number for one in some)
            register.names.extend(one.name for one in some)
            serial += len(some)
    finally:
        await connection.close()
        await store.close()
    await _settle(platform.owner_url())
    return register


async def _settle(owner_url: str) -> None:
    """What autovacuum would have done some minutes later."""
    connection = await asyncpg.connect(owner_url)
    await connection.execute("vacuum analyze")
    await connection.close()


async def _unions(connection: asyncpg.Connection) -> list[tuple[UUID, str]]:
    now, county = utc_now(), new_id()
    made = [(county, f"{county.hex}/")]
    rows = [_union(county, None, made[0][1], 2, "江临县总工会", now)]
    for number in range(1, TOWNS + 1):
        town = new_id()
        made.append((town, f"{county.hex}/{town.hex}/"))
        rows.append(_union(town, county, made[-1][1], 3, f"第{number}镇总工会", now))
    await connection.copy_records_to_table(
        "unions", schema_name="membership", records=rows, columns=UNION
    )
    return made


def _union(
    union: UUID, parent: UUID | None, path: str, level: int, name: str, now: Any
) -> tuple[Any, ...]:
    full, initials = pinyin(name)
    code = f"{DIVISION}{union.hex[-8:]}"
    return (
        *(union, parent, path, level, "103", code, name, full, initials, name),
        *(True, DIVISION, "0512-56000000", "active", 1, now, now),
    )


async def _copy(
    connection: asyncpg.Connection,
    sealer: Sealer,
    people: Sequence[Courier],
    towns: Sequence[tuple[UUID, str]],
    serial: int,
) -> None:
    ids = [new_id() for _ in people]
    keys = sealer.blind_many("document", [f"111:{one.id_number}" for one in people])
    records = {
        "people": (PERSON, _people(sealer, ids, people, serial)),
        "person_keys": (["blind", "person_id"], zip(keys, ids, strict=True)),
        "memberships": (MEMBERSHIP_COLUMNS, _memberships(ids, people, towns, serial)),
    }
    for table, (columns, rows) in records.items():
        await connection.copy_records_to_table(
            table, schema_name="membership", records=rows, columns=columns
        )


def _people(
    sealer: Sealer, ids: Sequence[UUID], people: Sequence[Courier], serial: int
) -> Iterator[tuple[Any, ...]]:
    now = utc_now()
    phones = sealer.blind_many("phone", [one.phone for one in people])
    tails = sealer.blind_many("phone-tail", [one.phone[-4:] for one in people])
    facts = [orjson.dumps(_facts(one)) for one in people]
    sealed = sealer.seal_many(facts, [f"people:{one}:facts" for one in ids])
    rows = zip(ids, people, phones, tails, sealed, strict=True)
    for number, (one, person, phone, tail, fact) in enumerate(rows, serial + 1):
        full, initials = pinyin(person.name)
        yield (
            *(one, person.name, full, initials, "111", mask_document(person.id_number)),
            *(mask_mobile(person.phone), phone, tail, fact, "12"[number % 2]),
            *(int(person.id_number[6:10]), int(person.id_number[10:12])),
            *(f"{DIVISION}{number:014d}", 1, now, now),
        )


def _facts(person: Courier) -> dict[str, str]:
    birth = person.id_number[6:14]
    return {
        "document": person.id_number,
        "phone": person.phone,
        "birth": f"{birth[:4]}-{birth[4:6]}-{birth[6:]}",
        "address": person.address,
    }


def _memberships(
    ids: Sequence[UUID],
    people: Sequence[Courier],
    towns: Sequence[tuple[UUID, str]],
    serial: int,
) -> Iterator[tuple[Any, ...]]:
    random, now = Random(serial), utc_now()
    for one, person in zip(ids, people, strict=True):
        town, path = random.choice(towns)
        yield (
            *(new_id(), one, town, path, "active", person.started_on, person.group_code),
            *("P3", "import", [person.platform], 1, now, now),
        )


def body_of(text: str) -> bytes:
    """A search as a clerk's page sends it."""
    return json.dumps({"text": text, "limit": 20}).encode()
