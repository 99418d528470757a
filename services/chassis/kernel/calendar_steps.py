"""How a period was counted, in words that can be checked against a wall calendar (T-01 … T-03)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from services.chassis.kernel.calendar_days import Calendar, DayKind

ONE_DAY = timedelta(days=1)
LONGEST = 16  # lines; a longer account is summed up


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring days of one sort; ``count`` is the number of working days up to its end."""

    days: tuple[date, ...]
    works: bool
    kind: DayKind | None
    name: str
    count: int

    @property
    def is_plain(self) -> bool:
        """An ordinary stretch of the week, which a long account leaves out."""
        return self.kind is None


def days_between(after: date, last: date) -> Iterator[date]:
    """The days behind ``after`` up to and including ``last``."""
    for offset in range(1, (last - after).days + 1):
        yield after + timedelta(days=offset)


def working_steps(start: date, last: date, calendar: Calendar) -> tuple[str, ...]:
    """The account of a period of working days, shorter the longer the period (T-03)."""
    runs = list(_runs(days_between(start, last - ONE_DAY), calendar))
    counted = runs[-1].count if runs else 0
    runs.append(_run([last], calendar, counted))
    full = [_line(run, start) for run in runs]
    if len(full) > LONGEST:
        weekends = sum(len(run.days) for run in runs if run.is_plain and not run.works)
        special = [_line(run, start) for run in runs[:-1] if not run.is_plain]
        full = [*special, f"其间周末休息{weekends}天", full[-1]]
    if len(full) > LONGEST:
        full = [_totals(runs), full[-1]]
    return (_first(start), *full)


def natural_steps(
    start: date, nominal: date, counted: str, last: date, calendar: Calendar
) -> tuple[str, ...]:
    """The account of a natural period that ends on ``nominal`` or rolls to ``last`` (T-01)."""
    ending = f"{_day(nominal, start)} {counted}"
    if last == nominal:
        return (_first(start), ending)
    rest = [_line(run, start) for run in _runs(days_between(nominal, last - ONE_DAY), calendar)]
    return (
        _first(start),
        f"{ending}，{calendar.reason(nominal)}，休息",
        *rest,
        f"{_day(last, start)} 顺延至休息日后的第一个工作日",
    )


def _runs(days: Iterable[date], calendar: Calendar) -> Iterator[Run]:
    count = 0

    def sort(day: date) -> tuple[bool, DayKind | None, str]:
        return calendar.is_working(day), calendar.days.get(day), calendar.names.get(day, "")

    for _, group in groupby(days, key=sort):
        run = _run(list(group), calendar, count)
        count = run.count
        yield run


def _run(days: list[date], calendar: Calendar, before: int) -> Run:
    works = calendar.is_working(days[0])
    is_weekend = len(days) > 1 and not works and days[0] not in calendar.days
    name = "周末" if is_weekend else calendar.reason(days[0])
    count = before + len(days) if works else before
    return Run(tuple(days), works, calendar.days.get(days[0]), name, count)


def _line(run: Run, start: date) -> str:
    days = _day(run.days[0], start)
    if len(run.days) > 1:
        days = f"{days}至{_day(run.days[-1], run.days[0])}"
    if not run.works:
        return f"{days} {run.name}，休息"
    first = run.count - len(run.days) + 1
    numbers = f"{first}至{run.count}" if first < run.count else f"{run.count}"
    made_up = f"{run.name}，" if run.kind is DayKind.WORK else ""
    return f"{days} {made_up}第{numbers}个工作日"


def _totals(runs: list[Run]) -> str:
    weekends = sum(len(run.days) for run in runs if not run.works and run.is_plain)
    holidays = sum(len(run.days) for run in runs if not run.works and not run.is_plain)
    made_up = sum(len(run.days) for run in runs if run.works and not run.is_plain)
    return f"其间周末休息{weekends}天、节假日放假{holidays}天，调休上班{made_up}天"


def _first(start: date) -> str:
    return f"{start.month}月{start.day}日 当日不计入"


def _day(day: date, start: date) -> str:
    year = f"{day.year}年" if day.year != start.year else ""
    return f"{year}{day.month}月{day.day}日"
