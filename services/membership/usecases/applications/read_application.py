"""One application with its history, its consents, and what a reviewer should know (M-16, M-21)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.data.read import Read
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.membership.domain.ages import Notice, age_notices
from services.membership.domain.application import State, is_overdue
from services.membership.domain.paths import TABLE
from services.membership.store import application_steps, applications, consents, parameters, unions
from services.membership.store.facts import open_facts

ELSEWHERE = "该证件号码已是“{}”的会员{}，不能重复入会，请联系对方工会或办理会籍转接。"


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """A row and what belongs to it; lists have only the row."""

    row: Row[Any]
    is_overdue: bool
    path_reason: str = ""
    warnings: Sequence[Notice] = ()
    history: Sequence[Row[Any]] = field(default_factory=tuple)
    consents: Sequence[Row[Any]] = field(default_factory=tuple)

    @classmethod
    def listed(cls, row: Row[Any], now: datetime) -> "ApplicationView":
        """As a line of a list: the row and its clock."""
        return cls(row, is_overdue(State(row.state), row.review_due_at, now))


async def read_application(
    actor: Actor,
    read: Read | Tx,
    application_id: UUID,
    own_phone: tuple[bytes, ...] = (),
) -> ApplicationView:
    if isinstance(read, Tx):
        row = await applications.again(read, application_id)
    else:
        row = await applications.find(actor, read, application_id, own_phone)
    return ApplicationView(
        row,
        is_overdue(State(row.state), row.review_due_at, read.now),
        _reason_of(row),
        await _warnings(read, row),
        await application_steps.history(read, application_id),
        await consents.of_application(read, application_id),
    )


def _reason_of(row: Row[Any]) -> str:
    """Why this path: the sentence of the line in the table (M-10)."""
    return next(
        (
            line.way.reason
            for line in TABLE
            if line.way.rule == row.join_rule and row.relation in line.relations
        ),
        "",
    )


async def _warnings(read: Read | Tx, row: Row[Any]) -> list[Notice]:
    found: list[Notice] = []
    if row.conflict_union_id is not None:
        contact = await unions.contact_of(read, row.conflict_union_id)
        if contact is not None:
            phone = f"（电话 {contact.phone}）" if contact.phone else ""
            found.append(Notice("already-member", ELSEWHERE.format(contact.name, phone), "M-21"))
    sealer = read.store.sealer
    birth = open_facts(sealer, "applications", row.id, row.facts).birth
    if birth:
        limits = await parameters.value_of(read, "retirement_hint_ages", row.union_path, read.today)
        found += age_notices(date.fromisoformat(birth), row.sex, read.today, limits)
    return found
