"""Sheets out: rows with their reasons, and templates; every cell is text, none is a formula."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import xlsxwriter

from services.chassis.data.imports.columns import CellKind, Column
from services.chassis.data.imports.neutral import neutral

BOM = "\ufeff"
REASON = "退回原因"
WIDEST = 40
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
LONGEST_CELL = 32_767  # what a cell of a workbook can hold


Add = Callable[[Iterable[Sequence[str]]], None]


@contextmanager
def xlsx_rows(path: Path, headers: Sequence[str]) -> Iterator[Add]:
    """One sheet of text, header row frozen; rows come some at a time and are not kept."""
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        sheet = book.add_worksheet("名单")
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        sheet.freeze_panes(1, 0)
        for place, header in enumerate(headers):
            sheet.set_column(place, place, min(WIDEST, 6 + 2 * len(header)), text)
            sheet.write_string(0, place, header, bold)
        number = count(1)

        def add(rows: Iterable[Sequence[str]]) -> None:
            for row in rows:
                at = next(number)
                for place, cell in enumerate(row):
                    sheet.write_string(at, place, cell[:LONGEST_CELL], text)

        yield add


@contextmanager
def csv_rows(path: Path, headers: Sequence[str]) -> Iterator[Add]:
    """RFC 4180 with a byte order mark, so that a double click shows Chinese."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM)
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([neutral(header) for header in headers])

        def add(rows: Iterable[Sequence[str]]) -> None:
            writer.writerows([neutral(cell) for cell in row] for row in rows)

        yield add


def write_template(path: Path, columns: Sequence[Column], title: str) -> None:
    """An empty sheet with its header and an example, and a second sheet that explains."""
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        sheet = book.add_worksheet("名单")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, max(12, 4 + 2 * len(column.title)), text)
            sheet.write_string(0, place, column.title, bold)
        for place, column in enumerate(columns):
            sheet.write_string(1, place, column.example, text)
        notes = book.add_worksheet("填写说明")
        for place, width in enumerate((14, 8, 60, 40)):
            notes.set_column(place, place, width)
        for number, line in enumerate(_notes(columns, title)):
            for place, cell in enumerate(line):
                notes.write_string(number, place, cell, bold if number <= 1 else text)


def _notes(columns: Sequence[Column], title: str) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = [
        (f"{title}：第二行是示例，填写前请删去；列的先后不限，多余的列会原样保留。",),
        ("列", "必填", "怎么填", "也认得的列名"),
    ]
    for column in columns:
        lines.append(
            (
                column.title,
                "是" if column.required else "否",
                _how(column),
                "、".join(column.synonyms),
            )
        )
    return lines


def _how(column: Column) -> str:
    parts = [column.note] if column.note else []
    if column.kind is CellKind.CHOICE:
        parts.append("可填：" + "、".join(choice.label for choice in column.choices))
    if column.kind is CellKind.DATE:
        parts.append("写成 2026-01-05、2026/1/5、2026年1月5日 都可以")
    if column.kind is CellKind.DOCUMENT:
        parts.append("单元格格式用“文本”，否则后几位会丢失")
    return "；".join(parts)
