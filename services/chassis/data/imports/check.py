"""A chunk of sheet rows, column by column: values, and problems by row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.chassis.data.imports.cells import as_text, check_column
from services.chassis.data.imports.columns import Column, Problem
from services.chassis.data.imports.layout import Layout


@dataclass(slots=True)
class Checked:
    """Rows that hold anything, below the header: numbers, original cells, values, problems.

    ``values`` maps each column's name to one value for each row; ``problems`` is by position.
    """

    numbers: list[int]
    cells: list[list[Any]]
    values: dict[str, list[str]]
    problems: dict[int, list[Problem]] = field(default_factory=dict)

    def add(self, position: int, problem: Problem) -> None:
        self.problems.setdefault(position, []).append(problem)


def check_chunk(
    columns: Sequence[Column], layout: Layout, first: int, rows: Sequence[list[Any]]
) -> Checked:
    """Check rows numbered from ``first`` on; empty rows and those above are left out."""
    numbers: list[int] = []
    kept: list[list[Any]] = []
    places = tuple(layout.places.values())
    for number, row in enumerate(rows, first):
        if number > layout.header_row and _holds(row, places):
            numbers.append(number)
            kept.append(row)
    checked = Checked(numbers, kept, {})
    for column in columns:
        place = layout.places.get(column.name)
        if place is None:
            checked.values[column.name] = [""] * len(kept)
        else:
            _check(checked, column, [row[place] if place < len(row) else "" for row in kept])
    return checked


def _check(checked: Checked, column: Column, cells: Sequence[Any]) -> None:
    checked.values[column.name], problems = check_column(column, cells)
    for position, problem in problems.items():
        checked.add(position, problem)


def check_row(columns: Sequence[Column], typed: dict[str, str]) -> Checked:
    """One row mended by hand, by field; checked exactly as it would be in a sheet."""
    row = [typed.get(column.name, "") for column in columns]
    checked = Checked([1], [row], {})
    for column, cell in zip(columns, row, strict=True):
        _check(checked, column, [cell])
    return checked


def as_typed(cells: Sequence[Any]) -> list[str]:
    """A row's original cells as text, to be kept and given back."""
    try:
        if "".join(cells).isprintable():
            return list(cells)
    except TypeError:
        pass  # numbers, days, booleans: they are shown as the sheet shows them
    return [c if isinstance(c, str) and c.isprintable() else as_text(c) for c in cells]


def _holds(row: list[Any], places: Sequence[int]) -> bool:
    """Whether a known column is filled: offices number empty rows in advance."""
    return any(place < len(row) and row[place] for place in places)
