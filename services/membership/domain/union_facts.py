"""The fields of a union (B.5), checked against the code lists, the tree and the calendar."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.chassis.kernel.identifiers import InvalidIdentifier, parse_uscc
from services.chassis.kernel.refusals import FieldError, Unprocessable
from services.membership.domain.codes import CodeBook
from services.membership.domain.union import date_faults, faults

CODED = {
    "kind": "union_kinds",
    "trade": "groups",
    "employer_nature": "employer_natures",
    "economic_type": "economic_types",
    "industry": "industries",
    "party_organisation": "party_organisations",
}
DIVISION_LENGTHS = (6, 9, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionFacts:
    """The fields of rulebook B.5, as entered."""

    name: str
    level: int
    kind: str
    division: str
    code: str | None = None
    catches_all: bool = False
    trade: str | None = None
    employer_name: str | None = None
    employer_uscc: str | None = None
    union_uscc: str | None = None
    address: str | None = None
    employer_nature: str | None = None
    economic_type: str | None = None
    industry: str | None = None
    founded_on: date | None = None
    term_ends_on: date | None = None
    chair_name: str | None = None
    phone: str | None = None
    staff_count: int | None = None
    member_count: int | None = None
    women_count: int | None = None
    migrant_count: int | None = None
    party_organisation: str | None = None


def as_columns(facts: UnionFacts) -> dict[str, Any]:
    """The facts by column name."""
    return {name: getattr(facts, name) for name in UnionFacts.__slots__}


def checked_facts(
    facts: UnionFacts, parent_level: int | None, book: CodeBook, today: date
) -> UnionFacts:
    """The facts with codes for labels and cleaned numbers; raises Unprocessable with all faults."""
    found: list[FieldError] = []
    changes: dict[str, Any] = {}
    for name, list_name in CODED.items():
        word = getattr(facts, name)
        entry = book.find(list_name, word, today) if word else None
        if word and entry is None:
            found.append(FieldError(f"/{name}", "code", "不在可选范围内，请从列表中选择。"))
        elif entry is not None:
            changes[name] = entry.code
    for name in ("employer_uscc", "union_uscc"):
        changes |= _uscc(name, getattr(facts, name), found)
    found += _division(facts.division)
    found += faults(facts.level, changes.get("kind", facts.kind), parent_level)
    found += date_faults(facts.founded_on, facts.term_ends_on, today)
    if found:
        raise Unprocessable("工会信息有误，请按提示修改后重新提交。", found)
    return replace(facts, **changes)


def _uscc(name: str, raw: str | None, found: list[FieldError]) -> dict[str, str]:
    if not raw:
        return {}
    try:
        return {name: parse_uscc(raw).value}
    except InvalidIdentifier as error:
        found.append(error.at(f"/{name}"))
        return {}


def _division(division: str) -> list[FieldError]:
    """Six digits of GB/T 2260, nine or twelve with GB/T 10114; unknown areas are not refused."""
    if division.isascii() and division.isdigit() and len(division) in DIVISION_LENGTHS:
        return []
    return [FieldError("/division", "division", "政区代码应为 6 位、9 位或 12 位数字。")]
