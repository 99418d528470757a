"""One column's cells at a time: from what stands in the sheet to values and problems."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from services.chassis.data.imports.columns import CellKind, Choice, Column, Problem, Severity
from services.chassis.data.imports.dates import parse_date
from services.chassis.data.imports.headers import plain_header
from services.chassis.kernel.identifiers import InvalidIdentifier, parse_mobile
from services.chassis.kernel.identifiers.typed import read_code
from services.chassis.kernel.text import clean

Found = tuple[str, Problem | None]

NEAT_TEXT = r"[\u4e00-\u9fffA-Za-z0-9·]{{1,{}}}"
NEAT_DOCUMENT = re.compile(r"[0-9]{17}[0-9X]")
NEAT_PHONE = re.compile(r"1[3-9][0-9]{9}")
WRAPPED = re.compile(r"=\"(.*)\"|['’‘](.*)", re.DOTALL)  # ="…" and '… keep a sheet from counting
WRAPPERS = tuple("='’‘")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # no database or page can hold them
MOST_DIGITS = 10**15  # a spreadsheet shows longer numbers in powers of ten
LISTED = 10


def as_text(cell: Any) -> str:
    """A cell as the person sees it in the sheet; whole numbers without ``.0``."""
    if isinstance(cell, str):
        wrapped = WRAPPED.fullmatch(cell) if cell[:1] in WRAPPERS else None
        shown = cell if wrapped is None else wrapped[1] or wrapped[2] or ""
        return CONTROL.sub("", shown)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        if abs(cell) >= MOST_DIGITS:
            return f"{cell:.5E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return f"{cell:.5E}" if isinstance(cell, int) and abs(cell) >= MOST_DIGITS else str(cell)


def check_column(column: Column, cells: Sequence[Any]) -> tuple[list[str], dict[int, Problem]]:
    """Values by position, and the problem of each position that has one."""
    check, is_neat = _checker(column), _neat(column)
    seen: dict[Any, Found] = {}
    values: list[str] = []
    problems: dict[int, Problem] = {}
    for position, cell in enumerate(cells):
        if type(cell) is str and is_neat(cell):
            values.append(cell)
            continue
        # The type belongs to the key: 1, 1.0 and True are equal and are not the same cell.
        found = seen.get((type(cell), cell))
        if found is None:
            found = seen[type(cell), cell] = check(cell)
        values.append(found[0])
        if found[1] is not None:
            problems[position] = found[1]
    return values, problems


def _neat(column: Column) -> Callable[[str], object]:
    """Whether a cell is its own value and nothing is wrong with it: the common case, quickly."""
    match column.kind:
        case CellKind.TEXT:
            return re.compile(NEAT_TEXT.format(column.longest)).fullmatch
        case CellKind.DOCUMENT:
            return NEAT_DOCUMENT.fullmatch
        case CellKind.PHONE:
            return NEAT_PHONE.fullmatch
        case _:
            return _never


def _never(cell: str) -> None:
    """Dates and choices have no cell that may be taken unread."""


def _checker(column: Column) -> Callable[[Any], Found]:
    match column.kind:
        case CellKind.TEXT:
            return partial(_text, column)
        case CellKind.DOCUMENT:
            return partial(_document, column)
        case CellKind.PHONE:
            return partial(_phone, column)
        case CellKind.DATE:
            return partial(_date, column)
        case CellKind.CHOICE:
            return partial(_choice, column, _by_word(column.choices))


def _absent(column: Column) -> Found:
    if column.required:
        return "", Problem(column.name, "required", f"{column.title}没有填写。")
    return "", None


def _text(column: Column, cell: Any) -> Found:
    value = clean(as_text(cell)).value
    if not value:
        return _absent(column)
    if len(value) > column.longest:
        message = f"{column.title}太长，最多 {column.longest} 个字。"
        return value[: column.longest], Problem(column.name, "too-long", message)
    return value, None


def _document(column: Column, cell: Any) -> Found:
    """Digits beyond the fifteenth are lost once a spreadsheet took the id for a number (B.7)."""
    text = as_text(cell).strip()
    if not text:
        return _absent(column)
    try:
        code = read_code(cell if type(cell) in (int, float) else text)
    except InvalidIdentifier as lost:
        return text, Problem(column.name, lost.code, lost.message)
    if code.changes:
        message = f"{column.title}已自动更正（{'、'.join(code.changes)}），请核对。"
        return code.value, Problem(column.name, "cleaned", message, Severity.WARNING)
    return code.value, None


def _phone(column: Column, cell: Any) -> Found:
    text = clean(as_text(cell)).value
    if not text:
        return _absent(column)
    try:
        return parse_mobile(text), None
    except InvalidIdentifier as wrong:
        return text[: column.longest], Problem(column.name, wrong.code, wrong.message)


def _date(column: Column, cell: Any) -> Found:
    text = as_text(cell).strip()
    if not text:
        return _absent(column)
    day = parse_date(cell) or parse_date(clean(text).value)
    if day is not None:
        return day.isoformat(), None
    message = f"{column.title}看不出是哪一天，请写成 2026-01-05 这样。"
    return text[: column.longest], Problem(column.name, "date", message)


def _by_word(choices: Sequence[Choice]) -> dict[str, str]:
    return {
        plain_header(word): choice.code
        for choice in choices
        for word in (choice.code, choice.label, *choice.synonyms)
    }


def _choice(column: Column, by_word: dict[str, str], cell: Any) -> Found:
    text = clean(as_text(cell)).value
    if not text:
        return _absent(column)
    code = by_word.get(plain_header(text))
    if code is not None:
        return code, None
    labels = "、".join(choice.label for choice in column.choices[:LISTED])
    more = "等" if len(column.choices) > LISTED else ""
    message = f"{column.title}不在可选范围内，可填：{labels}{more}。"
    return text[: column.longest], Problem(column.name, "choice", message)
