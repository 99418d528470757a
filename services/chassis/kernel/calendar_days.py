"""Which days are worked: plain weeks, and the exceptions that notices order (T-02 … T-08)."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

WEEKDAYS = "一二三四五六日"
# A notice moved late December only when 1 January was a Monday, Tuesday or Sunday
# (2007, 2008, 2012, 2019, 2023, 2024), and never before the 29th.
REACHES_BACK = frozenset({0, 1, 6})
REACHES_BACK_TO = (12, 29)


class DayKind(StrEnum):
    OFF = "off"  # 放假
    WORK = "work"  # 调休上班
    OUTLOOK = "outlook"  # the law dates this holiday, the year's notice is not known yet (T-06)


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One exceptional day as the notice of ``year`` (its ``document``) orders it (T-04)."""

    year: int
    day: date
    kind: DayKind
    name: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that differ from plain weeks, and the years whose notice is known.

    ``names`` say why a day is off, ``documents`` which notice ordered the year.
    """

    days: Mapping[date, DayKind]
    published: frozenset[int]
    names: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))
    documents: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_rows(cls, rows: Iterable[CalendarRow]) -> "Calendar":
        """The calendar the rows describe; a published year silences its outlook (T-04, T-06)."""
        rows = list(rows)
        published = frozenset(row.year for row in rows if row.kind is not DayKind.OUTLOOK)
        valid = [
            row for row in rows if row.kind is not DayKind.OUTLOOK or row.day.year not in published
        ]
        return cls(
            MappingProxyType({row.day: row.kind for row in valid}),
            published,
            MappingProxyType({row.day: row.name for row in valid}),
            MappingProxyType({row.year: row.document for row in valid if row.year in published}),
        )

    def with_days_off(self, days_off: Mapping[date, str]) -> "Calendar":
        """The same calendar in a region that adds days off of its own (T-08)."""
        return replace(
            self,
            days=MappingProxyType({**self.days, **dict.fromkeys(days_off, DayKind.OFF)}),
            names=MappingProxyType({**self.names, **days_off}),
        )

    def is_working(self, day: date) -> bool:
        """Whether offices work on ``day``: make-up days count, days off do not (T-02, T-03)."""
        kind = self.days.get(day)
        return kind is DayKind.WORK or (kind is None and day.weekday() < 5)

    def is_settled(self, day: date) -> bool:
        """Whether no notice still to come can change ``day`` (T-06)."""
        if day.year not in self.published:
            return False
        return day.year + 1 in self.published or not _may_be_moved_by_next_year(day)

    def notice_year(self, day: date) -> int:
        """The year whose notice still has to settle ``day``."""
        return day.year + 1 if day.year in self.published else day.year

    def reason(self, day: date) -> str:
        """Why ``day`` is or is not worked, for the counting steps."""
        weekday = f"周{WEEKDAYS[day.weekday()]}"
        match self.days.get(day):
            case None:
                return weekday
            case DayKind.WORK:
                return f"{weekday}调休上班"
            case _:
                return self.names.get(day) or "放假"


def _may_be_moved_by_next_year(day: date) -> bool:
    """Whether next year's notice may make ``day`` part of its New Year holiday."""
    if (day.month, day.day) < REACHES_BACK_TO:
        return False
    return date(day.year + 1, 1, 1).weekday() in REACHES_BACK


@cache
def shipped() -> Calendar:
    """The calendar this release knows: 2004 to 2026 published, later years as outlook (T-04)."""
    source = files("services.chassis.kernel").joinpath("data/calendar.csv")
    return Calendar.from_rows(
        CalendarRow(
            int(row["year"]),
            date.fromisoformat(row["day"]),
            DayKind(row["kind"]),
            row["name"],
            row["document"],
        )
        for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    )
