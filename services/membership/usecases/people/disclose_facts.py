"""Somebody sees personal data in full: for a stated purpose, and leaving a trace (S-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, func, select

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.refusals import FieldError, TooMany, Unprocessable
from services.membership.store import applications, parameters, people
from services.membership.store.facts import open_facts
from services.membership.store.reference import code_book

SEERS = (Role.CLERK, Role.REVIEWER, Role.APPROVER, Role.WORKER)
LIFETIME = timedelta(minutes=5)
HOUR = timedelta(hours=1)
PURPOSES = "disclosure_purposes"
Table = Literal["people", "applications"]


@dataclass(frozen=True, slots=True)
class Disclosed:
    """The full values, and when a page must hide them again (PII-04)."""

    facts: dict[str, str]
    hide_at: datetime


async def disclose_facts(
    actor: Actor,
    read: Read,
    table: Table,
    row_id: UUID,
    purpose: str,
    fields: Sequence[str],
    own_phone: tuple[bytes, ...] = (),
) -> Disclosed:
    actor.require(*SEERS)
    stated = code_book().find(PURPOSES, purpose, read.today)
    if stated is None:
        message = "请从列表中选择查看用途。"
        raise Unprocessable(message, [FieldError("/purpose", "code", message)])
    await _refuse_too_many(actor, read)
    row = await _sealed(actor, read, table, row_id, stated.code, fields, own_phone)
    facts = open_facts(read.store.sealer, table, row_id, row.facts)
    return Disclosed({field: getattr(facts, field) for field in fields}, read.now + LIFETIME)


async def _sealed(
    actor: Actor,
    read: Read,
    table: Table,
    row_id: UUID,
    purpose: str,
    fields: Sequence[str],
    own_phone: tuple[bytes, ...],
) -> Row[Any]:
    if table == "people":
        return await people.disclosed(actor, read, row_id, purpose, fields, own_phone)
    return await applications.disclosed(actor, read, row_id, purpose, fields, own_phone)


async def _refuse_too_many(actor: Actor, read: Read) -> None:
    """A page that is left open, or a script, cannot empty the register."""
    if actor.kind is Kind.WORKER:
        return
    most = await parameters.value_of(read, "disclosures_per_hour", actor.union_path, read.today)
    audit = read.store.tables.audit.c
    query = select(func.count().label("n")).where(
        audit.actor_id == str(actor.id),
        audit.at > read.now - HOUR,
        audit.action.in_(("person.disclosed", "application.disclosed")),
    )
    row = await read.first(query)
    if row is not None and row.n >= int(most):
        raise TooMany(f"每小时最多查看 {most} 次敏感信息，请稍后再看。", retry_after=600)
