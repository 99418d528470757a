"""Where the columns of this particular sheet are: below title rows, in any order, by any name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.data.imports.columns import Column, known_headers
from services.chassis.data.imports.headers import plain_header
from services.chassis.data.imports.refused import Reason, SheetRefused

PREVIEW = 30
ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """The header row, its words as they stand, and the place of each known column."""

    header_row: int
    headers: tuple[str, ...]
    places: dict[str, int]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headers that no column answers to; their cells are kept and given back."""
        taken = set(self.places.values())
        return tuple(h for i, h in enumerate(self.headers) if h and i not in taken)


def find_layout(columns: Sequence[Column], rows: Iterable[tuple[int, list[Any]]]) -> Layout:
    """The row with most known headers among the first thirty; refuses where columns are missing."""
    known = known_headers(columns)
    best: tuple[int, int, list[Any]] = (0, 0, [])
    for number, row in rows:
        if number > PREVIEW:
            break
        hits = sum(plain_header(cell) in known for cell in row if isinstance(cell, str))
        if hits > best[0]:
            best = (hits, number, row)
    hits, number, row = best
    if hits < ENOUGH:
        raise SheetRefused(Reason.NO_HEADER)
    headers = tuple(" ".join(str(cell).split()) for cell in row)
    return Layout(number, headers, _places(columns, headers, known))


def _places(
    columns: Sequence[Column], headers: Sequence[str], known: dict[str, str]
) -> dict[str, int]:
    titles = {column.name: column.title for column in columns}
    places: dict[str, int] = {}
    for index, header in enumerate(headers):
        name = known.get(plain_header(header)) if header else None
        if name is None:
            continue
        if name in places:
            raise SheetRefused(
                Reason.TWICE, f"（“{headers[places[name]]}”和“{header}”都是{titles[name]}。）"
            )
        places[name] = index
    missing = [c.title for c in columns if c.required and c.name not in places]
    if missing:
        raise SheetRefused(Reason.MISSING, f"（缺少：{'、'.join(missing)}。）")
    return places
