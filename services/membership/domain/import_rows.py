"""What speaks for and against each row of a sheet, whole columns at a time (B.7, M-01)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.chassis.kernel.bulk_identifiers import check_personal_numbers
from services.chassis.kernel.identifiers import (
    Document,
    DocumentKind,
    InvalidIdentifier,
    parse_document,
)
from services.chassis.kernel.names import clean_name
from services.membership.domain.paths import Relation, Situation, Way, choose
from services.membership.domain.union import INDUSTRY_FEDERATION

HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,6}")
# Eighteen digits that begin so are a permit's or a foreigner's card's: they tell their own kind.
OTHER_CARDS = ("8", "9")
DEFAULT_RELATION = Relation.PARTIAL
SEPARATORS = re.compile(r"[、,，;；/|]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one field of a row."""

    field: str
    code: str
    message: str
    is_error: bool = True


@dataclass(slots=True)
class Judged:
    """Names as they are kept, documents that hold, and findings by position."""

    names: list[str]
    documents: list[tuple[str, str] | None]
    findings: dict[int, list[Finding]] = field(default_factory=dict)

    def add(self, position: int, finding: Finding) -> None:
        self.findings.setdefault(position, []).append(finding)


def judge_rows(
    values: Mapping[str, Sequence[str]], broken: Collection[int], today: date, minimum_age: int
) -> Judged:
    """Judge the rows that ``values`` hold by column; documents at ``broken`` are known to be lost.

    The common case, a right resident id, is decided for the whole column at once.
    """
    numbers, kinds = values["document"], values["document_kind"]
    judged = Judged(_names(values["name"]), [None] * len(numbers))
    _note_digits(judged)
    faults = check_personal_numbers(numbers, today)
    youngest = _youngest(today, minimum_age)
    for position, (number, kind, fault) in enumerate(zip(numbers, kinds, faults, strict=True)):
        if position in broken or not number:
            continue
        is_plain = not fault and kind in ("", DocumentKind.RESIDENT_ID)
        if is_plain and not number.startswith(OTHER_CARDS) and not number.endswith("000"):
            judged.documents[position] = (DocumentKind.RESIDENT_ID, number)
        else:
            _judge_document(judged, position, kind, number, today)
        if not fault and number[6:14] > youngest:
            message = f"未满 {minimum_age} 周岁，不能入会（劳动法规定的最低就业年龄）。"
            judged.add(position, Finding("document", "too-young", message))
    return judged


def situation_of(values: Mapping[str, str], union_kind: str, union_employer: str) -> Situation:
    """How the person of a row stands to the union that the sheet was sent for (M-10)."""
    employer = values.get("employer_name", "")
    return Situation(
        Relation(values.get("relation") or DEFAULT_RELATION),
        has_employer_union=bool(employer) and employer == union_employer,
        has_industry_union=union_kind == INDUSTRY_FEDERATION,
    )


def way_of(values: Mapping[str, str], union_kind: str, union_employer: str) -> Way:
    """The path by which the person of a row joins (M-10)."""
    return choose(situation_of(values, union_kind, union_employer))


def split_platforms(cell: str) -> list[str]:
    """Several platforms in one cell, by whatever mark the office puts between them."""
    return [part.strip() for part in SEPARATORS.split(cell) if part.strip()]


def _names(raw: Sequence[str]) -> list[str]:
    return [name if HAN_NAME.fullmatch(name) else clean_name(name).value for name in raw]


def _note_digits(judged: Judged) -> None:
    for position, name in enumerate(judged.names):
        if not HAN_NAME.fullmatch(name) and any(character.isdigit() for character in name):
            judged.add(position, Finding("name", "digits", "姓名中不应有数字，请核对。"))


def _judge_document(judged: Judged, position: int, kind: str, number: str, today: date) -> None:
    try:
        document: Document = parse_document(
            DocumentKind(kind or DocumentKind.RESIDENT_ID), number, today=today
        )
    except InvalidIdentifier as wrong:
        judged.add(position, Finding("document", wrong.code, wrong.message))
        return
    judged.documents[position] = (document.kind, document.number)
    for change in document.changes:
        judged.add(position, Finding("document", "changed", f"{change}，请核对。", is_error=False))
    for warning in document.warnings:
        judged.add(position, Finding("document", "suspicious", warning, is_error=False))


def _youngest(today: date, minimum_age: int) -> str:
    """The latest birth of somebody who is old enough, as it stands in an id number."""
    return f"{today.year - minimum_age:04d}{today:%m%d}"
