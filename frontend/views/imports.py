"""Sheets handed in: as rows of a list, as progress, and as the dry run with its wrong cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontend.views.lists import Pill
from frontend.views.marks import Mark, mark
from frontend.views.reading import code, items, number, text
from frontend.views.times import moment

_RUNNING = {"received", "checking", "applying", "undoing"}
# The totals that are filters; those of work already done show only once there is some.
_FILTERS = {"all": "全部", "ready": "可导入", "faulty": "需修改", "duplicate": "重复"}
_LATER = {"applied": "已导入", "undone": "已撤销", "kept": "已审核，未撤销"}
SHOWS = frozenset(_FILTERS | _LATER)
_ROW_MARKS = {
    "ready": Mark("可导入", "good", "check"),
    "faulty": Mark("需修改", "bad", "cross"),
    "duplicate": Mark("重复", "waiting", "alarm"),
    "applied": Mark("已导入", "good", "check"),
    "undone": Mark("已撤销", "muted", "back"),
    "kept": Mark("已审核，未撤销", "muted", "check"),
}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One sheet in the list."""

    id: str
    url: str
    file: str
    union: str
    when: str
    who: str
    state: Mark
    told: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One sheet: how far it is and what may be done."""

    id: str
    file: str
    union: str
    when: str
    state: Mark
    is_running: bool
    done: int
    total: int
    message: str
    ready: int
    wrong: int
    applied: int
    actions: list[str]
    promise: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet, by the name our form gives it."""

    field: str
    title: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what was in it, and what is wrong with that."""

    field: str
    title: str
    value: str
    problem: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the dry run; ``rest`` are problems that belong to no single cell."""

    number: int
    cells: list[Cell]
    state: Mark
    rest: list[str]
    records: list[str]
    etag: str
    is_mended: bool


@dataclass(frozen=True, slots=True)
class EnteredUnion:
    """One union on a sheet: entered, or why not."""

    number: int
    name: str
    url: str
    problems: list[str]


@dataclass(frozen=True, slots=True)
class UnionRows:
    """A whole sheet of unions."""

    total: int
    entered: int
    rows: list[EnteredUnion]


def import_row(item: Mapping[str, Any], now: datetime) -> ImportRow:
    """A row of the list."""
    counts = item.get("counts") or {}
    wrong = number(counts, "faulty") + number(counts, "duplicate")
    told = f"{number(counts, 'ready') + number(counts, 'applied'):,} 可用，{wrong:,} 待改"
    return ImportRow(
        id=text(item, "id"),
        url=f"/imports/{text(item, 'id')}",
        file=text(item, "file_name"),
        union=text(item, "union"),
        when=moment(text(item, "created_at"), now),
        who=text(item, "made_name"),
        state=mark(code(item, "state")),
        told=told if number(counts, "total") else "",
    )


def import_page(item: Mapping[str, Any], now: datetime) -> ImportPage:
    """One sheet, with what its one main action will do in words."""
    counts, progress = item.get("counts") or {}, item.get("progress") or {}
    state = code(item, "state")
    working = text(progress, "message") if state in _RUNNING else ""
    ready = number(counts, "ready")
    wrong = number(counts, "faulty") + number(counts, "duplicate")
    rest = f"，其余 {wrong:,} 行可下载修改" if wrong else ""
    return ImportPage(
        id=text(item, "id"),
        file=text(item, "file_name"),
        union=text(item, "union"),
        when=moment(text(item, "created_at"), now),
        state=mark(state),
        is_running=state in _RUNNING,
        done=number(progress, "done"),
        total=number(progress, "total") or number(counts, "total"),
        message=text(item, "failure", "message") or working,
        ready=ready,
        wrong=wrong,
        applied=number(counts, "applied"),
        actions=[str(action) for action in items(item, "actions")],
        promise=f"导入 {ready:,} 人{rest}",
    )


def filters(import_id: str, item: Mapping[str, Any], show: str) -> list[Pill]:
    """The totals, each of which shows its rows."""
    counts = item.get("counts") or {}
    totals = {name: number(counts, name) for name in SHOWS} | {"all": number(counts, "total")}
    shown = _FILTERS | {name: label for name, label in _LATER.items() if totals[name]}
    return [
        Pill(label, f"/imports/{import_id}?show={key}", totals[key], key == show)
        for key, label in shown.items()
    ]


def columns(item: Mapping[str, Any]) -> list[Column]:
    """The columns that the sheet has, in its own order."""
    return [Column(text(one, "name"), text(one, "title")) for one in items(item, "columns")]


def is_error(problem: Mapping[str, Any]) -> bool:
    """Whether a problem stops the row; a warning only tells."""
    return text(problem, "severity") != "warning"


def sheet_row(row: Mapping[str, Any], order: list[Column], *, is_mended: bool = False) -> SheetRow:
    """One row, its cells in the sheet's order."""
    problems: dict[str, list[str]] = {}
    for one in items(row, "problems"):
        problems.setdefault(text(one, "field"), []).append(text(one, "message"))
    wrong = {text(one, "field") for one in items(row, "problems") if is_error(one)}
    state = code(row, "state")
    cells = row.get("cells") or {}
    known = {column.field for column in order}
    return SheetRow(
        number=number(row, "number"),
        cells=[
            Cell(
                field=column.field,
                title=column.title,
                value=text(cells, column.field),
                problem="".join(problems.get(column.field, ())),
                is_wrong=column.field in wrong and bool(row.get("may_mend")),
            )
            for column in order
        ],
        state=_ROW_MARKS.get(state, mark(state)),
        rest=[words for name, found in problems.items() if name not in known for words in found],
        records=[url for one in items(row, "problems") if (url := text(one, "record"))],
        etag=f'"{text(row, "version")}"',
        is_mended=is_mended,
    )


def union_rows(answer: Mapping[str, Any]) -> UnionRows:
    """What became of each union on a sheet, the ones to be mended first."""
    rows = [
        EnteredUnion(
            number=number(one, "number"),
            name=text(one, "name"),
            url=f"/unions/{made}" if (made := text(one, "union_id")) else "",
            problems=[text(problem, "message") for problem in items(one, "problems")],
        )
        for one in items(answer, "rows")
    ]
    return UnionRows(
        total=number(answer, "total"),
        entered=number(answer, "entered"),
        rows=sorted(rows, key=lambda row: (bool(row.url), row.number)),
    )
