"""Staff of an upper union enter a list of unions; good rows go in although others fail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.chassis.data.imports.check import Checked, check_chunk
from services.chassis.data.imports.columns import Severity
from services.chassis.data.imports.layout import find_layout
from services.chassis.data.imports.refused import Reason, SheetRefused
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import FieldError, Refusal, Unprocessable
from services.membership.domain.union_facts import UnionFacts
from services.membership.store import unions
from services.membership.store.union_columns import COUNTS, union_columns
from services.membership.usecases.unions.found_union import FOUNDERS, found_union

MOST_ROWS = 500
DAYS = ("founded_on", "term_ends_on")
TOO_MANY = f"一次最多导入 {MOST_ROWS} 个工会，请把表格分成几份。"
NO_PARENT = "没有找到这个上级工会：请填写本工会范围内的工会名称或编号，上级工会排在下级之前。"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one row of the list."""

    number: int
    name: str
    union_id: UUID | None = None
    problems: Sequence[FieldError] = field(default_factory=tuple)


async def import_unions(
    actor: Actor, tx: Tx, parent_id: UUID, first: int, rows: Sequence[list[Any]]
) -> list[Row]:
    actor.require(*FOUNDERS)
    await unions.lock(actor, tx, parent_id)
    columns = union_columns()
    layout = find_layout(columns, enumerate(rows, first))
    checked = check_chunk(columns, layout, first, rows)
    if not checked.numbers:
        raise SheetRefused(Reason.EMPTY)
    if len(checked.numbers) > MOST_ROWS:
        raise Unprocessable(TOO_MANY)
    found = [
        await _enter(actor, tx, parent_id, checked, place) for place in range(len(checked.numbers))
    ]
    entered = sum(row.union_id is not None for row in found)
    await tx.record(
        "union.list-imported", "union", parent_id, entered=entered, left_out=len(found) - entered
    )
    return found


async def _enter(actor: Actor, tx: Tx, parent_id: UUID, checked: Checked, place: int) -> Row:
    """Each row has a savepoint of its own, so that one that fails leaves nothing behind."""
    number = checked.numbers[place]
    values = {name: column[place] for name, column in checked.values.items()}
    problems = [
        FieldError(f"/{p.field}", p.code, p.message)
        for p in checked.problems.get(place, ())
        if p.severity is Severity.ERROR
    ]
    if problems:
        return Row(number, values["name"], None, problems)
    try:
        above = await _parent(actor, tx, parent_id, values.pop("parent"))
        async with tx.session.begin_nested():
            union = await found_union(actor, tx, above, _facts(values))
    except Refusal as refusal:
        return Row(number, values["name"], None, _said(refusal))
    return Row(number, union.name, union.id)


async def _parent(actor: Actor, tx: Tx, default: UUID, word: str) -> UUID:
    if not word:
        return default
    above = await unions.by_word(actor, tx, word)
    if above is None:
        raise Unprocessable(NO_PARENT, [FieldError("/parent", "missing", NO_PARENT)])
    return above


def _facts(values: dict[str, str]) -> UnionFacts:
    facts: dict[str, Any] = {name: value or None for name, value in values.items()}
    facts |= {name: _count(name, values[name]) for name in COUNTS}
    facts |= {name: _day(values[name]) for name in DAYS}
    return UnionFacts(**facts | {"level": int(values["level"])})


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _count(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        message = "人数应为整数。"
        raise Unprocessable(message, [FieldError(f"/{name}", "number", message)])
    return int(text)


def _said(refusal: Refusal) -> list[FieldError]:
    if isinstance(refusal, Unprocessable) and refusal.errors:
        return list(refusal.errors)
    pointer = f"/{refusal.context['field']}" if "field" in refusal.context else ""
    return [FieldError(pointer, refusal.code, refusal.detail)]
