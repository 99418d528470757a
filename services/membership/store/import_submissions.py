"""Rows of a sheet become submitted applications: COPY into staging, INSERT … SELECT, once each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import Row, Text, Uuid, cast, delete, literal, null, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.data.bulk import copy_rows
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Kind
from services.chassis.kernel.calendar import Due, end_of_day
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.masking import mask_document, mask_mobile
from services.chassis.kernel.names import pinyin
from services.membership.domain.application import Action, Channel, State
from services.membership.domain.import_batch import RowState
from services.membership.domain.numbers import application_number
from services.membership.store.tables import (
    CHASSIS,
    STAGING,
    Application,
    ApplicationStep,
    Consent,
    Import,
    ImportRow,
)

NAMES = tuple(column.name for column in STAGING.columns)
COPIED = tuple(name for name in NAMES if name in Application.__table__.columns)


@dataclass(frozen=True, slots=True)
class Ready:
    """A row that is to become an application, with everything that was decided about it."""

    number: int
    document_key: bytes
    name: str
    document_kind: str
    document: str
    phone: str
    birth: str
    sex: str
    address: str
    columns: dict[str, Any]  # group, platforms, path and details, as the table has them


class Batch(Protocol):
    """People who are entered together: a sheet, or what another system sent."""

    @property
    def id(self) -> UUID: ...

    @property
    def union_id(self) -> UUID: ...

    @property
    def union_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Agreed:
    """That the person of an application agreed to a text, and what shows it."""

    application_id: UUID
    text: Row[Any]
    evidence: str


async def submit(
    tx: Tx, batch: Import, rows: Sequence[Ready], due: Due, texts: Sequence[Row[Any]]
) -> list[UUID]:
    """Applications for the rows, except where one for the same document waits by now (CON-06)."""
    made = await enter(tx, batch, rows, due)
    await _link(tx, batch, made)
    evidence = batch.evidence or f"import:{batch.id}"
    given = [Agreed(id_, row, evidence) for id_ in made.values() for row in texts]
    await keep_consents(tx, given)
    return list(made.values())


async def enter(
    tx: Tx, batch: Batch, rows: Sequence[Ready], due: Due, *, is_sheet: bool = True
) -> dict[int, UUID]:
    """New applications by row number, with their history and review clock (J-5, M-08).

    Only a sheet's applications remember their batch: a sheet can be opened and reversed.
    """
    await copy_rows(tx, STAGING, NAMES, _records(tx, batch, rows, due))
    mine = STAGING.c.batch_id == batch.id
    taken = [
        null().label(name) if name == "batch_id" and not is_sheet else STAGING.c[name]
        for name in COPIED
    ]
    fresh = upsert(Application).from_select(COPIED, select(*taken).where(mine))
    waits = text("state in ('submitted', 'returned')")
    fresh = fresh.on_conflict_do_nothing(index_elements=["document_key"], index_where=waits)
    made = set(await tx.session.scalars(fresh.returning(Application.id)))
    staged = await tx.rows(select(STAGING.c.row_number, STAGING.c.id).where(mine))
    await tx.session.execute(delete(STAGING).where(mine))
    await _accompany(tx, batch, list(made), due)
    return {row.row_number: row.id for row in staged if row.id in made}


async def _link(tx: Tx, batch: Import, made: Mapping[int, UUID]) -> None:
    """Each row learns its application.

    The pairs are handed in as a value: joined as tables that no one has counted yet, every row
    would be compared with every other.
    """
    pairs = {number: str(id_) for number, id_ in made.items()}
    if not pairs:
        return
    known, number = literal(pairs, JSONB), cast(ImportRow.number, Text)
    change = (
        update(ImportRow)
        .where(
            ImportRow.import_id == batch.id,
            ImportRow.number.between(min(pairs), max(pairs)),
            known.has_key(number),
        )
        .values(state=RowState.APPLIED, application_id=cast(known[number].astext, Uuid))
    )
    await tx.session.execute(change, execution_options={"synchronize_session": False})


async def _accompany(tx: Tx, batch: Batch, made: Sequence[UUID], due: Due) -> None:
    await add_steps(tx, batch.union_path, made, Action.SUBMIT, "", State.SUBMITTED, rule="M-03")
    due_at = end_of_day(due.day)
    deadlines = CHASSIS.deadlines
    await copy_rows(
        tx, deadlines, ("subject", "kind", "due_at"), [(id_, "review", due_at) for id_ in made]
    )


async def keep_consents(tx: Tx, given: Iterable[Agreed]) -> None:
    """Each consent with the exact text that it was given to (S-16)."""
    columns = (
        *("id", "text_id", "purpose", "version", "application_id", "given_at"),
        *("channel", "evidence", "recorded_by"),
    )
    records = [
        (
            *(new_id(), one.text.id, one.text.purpose, one.text.version),
            *(one.application_id, tx.now, Channel.BATCH, one.evidence, tx.actor.id),
        )
        for one in given
    ]
    await copy_rows(tx, Consent.__table__, columns, records)  # type: ignore[arg-type]  # a mapped class's table is a Table


async def add_steps(
    tx: Tx,
    union_path: str,
    ids: Sequence[UUID],
    action: Action,
    before: str,
    after: State,
    *,
    reason: str = "",
    rule: str = "",
) -> None:
    """One line of history for each application of a list."""
    columns = (
        *("id", "application_id", "union_path", "at", "action", "before", "after"),
        *("actor_id", "actor_name", "actor_role", "reason", "rule"),
    )
    role = "clerk" if tx.actor.kind is Kind.STAFF else str(tx.actor.kind)
    who = (tx.actor.id, tx.actor.name, role, reason, rule)
    records = [(new_id(), id_, union_path, tx.now, action, before, after, *who) for id_ in ids]
    await copy_rows(tx, ApplicationStep.__table__, columns, records)  # type: ignore[arg-type]  # a mapped class's table is a Table


def _records(tx: Tx, batch: Batch, rows: Sequence[Ready], due: Due) -> Iterator[tuple[Any, ...]]:
    """Values in the order of the staging table's columns."""
    ids = [new_id() for _ in rows]
    facts = [
        orjson.dumps(
            {"document": r.document, "phone": r.phone, "birth": r.birth, "address": r.address}
        )
        for r in rows
    ]
    sealed = tx.sealer.seal_many(facts, [f"applications:{id_}:facts" for id_ in ids])
    phones = tx.sealer.blind_many("phone", [row.phone for row in rows])
    tails = tx.sealer.blind_many("phone-tail", [row.phone[-4:] for row in rows])
    shared = _shared(tx, batch, due)
    for row, id_, fact, phone, tail in zip(rows, ids, sealed, phones, tails, strict=True):
        full, initials = pinyin(row.name)
        own = {
            "row_number": row.number,
            "id": id_,
            "number": application_number(tx.today, id_),
            "name": row.name,
            "pinyin": full,
            "initials": initials,
            "document_kind": row.document_kind,
            "document_masked": mask_document(row.document),
            "document_key": row.document_key,
            "phone_masked": mask_mobile(row.phone),
            "phone_key": phone,
            "phone_tail": tail,
            "facts": fact,
            "sex": row.sex,
            "birth_year": int(row.birth[:4]) if row.birth else None,
            "birth_month": int(row.birth[5:7]) if row.birth else None,
        }
        record = shared | own | row.columns
        yield tuple(record[name] for name in NAMES)


def _shared(tx: Tx, batch: Batch, due: Due) -> dict[str, Any]:
    """What all applications of one chunk have in common; the rest is empty."""
    clock = {
        "rule": "M-08",
        "due_on": due.day.isoformat(),
        "provisional": due.provisional,
        "steps": [due.rule, *due.steps],
    }
    return dict.fromkeys(NAMES) | {
        "union_id": batch.union_id,
        "union_path": batch.union_path,
        "state": State.SUBMITTED,
        "channel": Channel.BATCH,
        "batch_id": batch.id,
        "prepared_by": tx.actor.id,
        "prepared_name": tx.actor.name,
        "submitted_at": tx.now,
        "review_due_at": end_of_day(due.day),
        "review_clock": orjson.dumps(clock).decode(),
        "reason": "",
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
