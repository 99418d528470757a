"""What happened to somebody in the union, newest first, as far as the reader may see it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.calendar import shanghai_date
from services.membership.domain.application import LABELS, Action
from services.membership.store import people
from services.membership.store.reference import code_book


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    on: date
    kind: str
    label: str
    union: str
    actor_name: str
    reason: str
    rule: str
    reference: UUID


async def lay_timeline(
    actor: Actor, read: Read, person_id: UUID, own_phone: tuple[bytes, ...] = ()
) -> list[Moment]:
    await people.find(actor, read, person_id, own_phone)
    staff, book = actor.kind is not Kind.WORKER, code_book()
    changes = [
        Moment(
            row.recorded_at,
            row.changed_on,
            "change",
            book.label("changes", row.change),
            row.union_name,
            row.actor_name if staff else row.union_name,
            row.reason,
            row.rule,
            row.membership_id,
        )
        for row in await people.changes(actor, read, person_id)
    ]
    steps = [
        Moment(
            row.at,
            shanghai_date(row.at),
            "application",
            LABELS.get(Action(row.action), row.action),
            row.union_name,
            _who(row.actor_name, row.actor_role, row.union_name, staff),
            row.reason,
            row.rule,
            row.application_id,
        )
        for row in await people.steps(actor, read, person_id)
    ]
    return sorted([*changes, *steps], key=lambda moment: moment.at, reverse=True)


def _who(name: str, role: str, union_name: str, staff: bool) -> str:
    """A worker reads which union acted, not which of its people."""
    if role == Role.WORKER:
        return "本人"
    return name if staff else union_name
