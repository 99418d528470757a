"""What a kind of sheet consists of: its columns, as a table that a service declares."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.chassis.data.imports.headers import plain_header


class CellKind(StrEnum):
    TEXT = "text"
    DOCUMENT = "document"  # a number of a document: digits lost to a spreadsheet are an error
    PHONE = "phone"
    DATE = "date"
    CHOICE = "choice"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one row, in words for the clerk."""

    field: str
    code: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Choice:
    """A coded value: its code, its label, and other words that people write for it."""

    code: str
    label: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is the field, ``title`` the header of the template, ``synonyms`` other headers."""

    name: str
    title: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    kind: CellKind = CellKind.TEXT
    choices: tuple[Choice, ...] = ()
    longest: int = 100
    example: str = ""
    note: str = ""


def known_headers(columns: Iterable[Column]) -> dict[str, str]:
    """Every header that names a column, as it is compared, with the column's name."""
    return {
        plain_header(title): column.name
        for column in columns
        for title in (column.title, *column.synonyms)
    }
