"""People of one union whom another system sent become applications that wait for the union."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.data.tx import Tx
from services.chassis.kernel.calendar import shipped
from services.membership.domain.application import review_due
from services.membership.domain.events import BatchApplied
from services.membership.domain.platform_batch import Item
from services.membership.store import import_submissions, parameters, platform_items
from services.membership.store.import_submissions import Agreed
from services.membership.store.tables import Union
from services.membership.usecases.imports.ready_row import ready_row
from services.membership.usecases.platforms.judge_items import JudgedItems


@dataclass(frozen=True, slots=True)
class Group:
    """Those of a batch who are sent for one union; ``id`` is of this one delivery."""

    id: UUID
    union_id: UUID
    union_path: str


@dataclass(frozen=True, slots=True)
class Entered:
    """The client's own applications, and those of others that waited already; by place."""

    own: dict[int, UUID]
    others: dict[int, UUID]


async def enter_items(
    tx: Tx,
    group: Group,
    union: Union,
    items: Mapping[int, Item],
    judged: JudgedItems,
    texts: Mapping[UUID, Row[Any]],
) -> Entered:
    """Whoever is a member elsewhere is entered too: only staff are told of it (M-21)."""
    keys = dict(
        zip(
            judged.documents,
            tx.sealer.blind_many("document", judged.documents.values()),
            strict=True,
        )
    )
    members = await platform_items.members(tx, keys.values())
    rows = [
        ready_row(tx, union, place, keys[place], values) for place, values in judged.values.items()
    ]
    for row in rows:
        row.columns["conflict_union_id"] = members.get(row.document_key)
    days = await parameters.value_of(tx, "join_review_days", union.path, tx.today)
    due = review_due(tx.today, int(days), shipped())
    own = await import_submissions.enter(tx, group, rows, due, is_sheet=False)
    await import_submissions.keep_consents(
        tx,
        (
            Agreed(id_, texts[given.text_id], given.evidence)
            for place, id_ in own.items()
            for given in items[place].consents
        ),
    )
    await _tell(tx, group, list(own.values()))
    waiting = await platform_items.waiting(
        tx, [key for place, key in keys.items() if place not in own]
    )
    others = {
        place: waiting[key] for place, key in keys.items() if place not in own and key in waiting
    }
    return Entered(own, others)


async def _tell(tx: Tx, group: Group, made: list[UUID]) -> None:
    if made:
        await tx.emit(
            BatchApplied(
                subject=group.id,
                outcome="submitted",
                union_id=group.union_id,
                application_ids=made,
                membership_ids=[],
                person_ids=[],
            )
        )
