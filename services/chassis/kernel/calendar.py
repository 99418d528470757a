"""Statutory time: on which day a period ends, by which rule, counted how (T-01 … T-08)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from services.chassis.kernel.calendar_days import Calendar, CalendarRow, DayKind, shipped
from services.chassis.kernel.calendar_steps import days_between, natural_steps, working_steps

__all__ = [
    "SHANGHAI",
    "Calendar",
    "CalendarRow",
    "DayKind",
    "Due",
    "after_days",
    "after_months",
    "after_working_days",
    "after_years",
    "end_of_day",
    "is_working_day",
    "shanghai_date",
    "shipped",
]

# T-07: one zone and no summer time, so a fixed offset and no zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
ONE_DAY = timedelta(days=1)
WORKING_DAYS = "T-03 {}个工作日：当日不计入，休息日不计，调休上班日计入"
DAYS = "T-01 {}日：当日不计入，期间休息日计入，末日遇休息日顺延（民法典第二百零一条、第二百零三条）"
MONTHS = (
    "T-01 {}：到期月的对应日，没有对应日的为月末，"
    "末日遇休息日顺延（民法典第二百零二条、第二百零三条）"
)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period, the rule, how it was counted, and whether it may still move."""

    day: date
    rule: str
    steps: tuple[str, ...]
    provisional: bool


def after_working_days(start: date, n: int, calendar: Calendar) -> Due:
    """The ``n``-th working day behind ``start``, which is itself not counted (T-03)."""
    _require_a_period(n)
    last, counted = start, 0
    while counted < n:
        last += ONE_DAY
        counted += calendar.is_working(last)
    open_years = _open_years(start, last, calendar)
    steps = working_steps(start, last, calendar)
    return Due(last, WORKING_DAYS.format(n), steps + _notes(open_years), bool(open_years))


def after_days(start: date, n: int, calendar: Calendar) -> Due:
    """``n`` natural days behind ``start``, rolled off a rest day at the end (T-01, T-02)."""
    _require_a_period(n)
    return _natural(start, start + timedelta(days=n), f"第{n}日", DAYS.format(n), calendar)


def after_months(start: date, n: int, calendar: Calendar) -> Due:
    """The corresponding day ``n`` months on, or that month's end (T-01, art. 202 and 203)."""
    _require_a_period(n)
    return _corresponding(start, n, f"{n}个月", calendar)


def after_years(start: date, n: int, calendar: Calendar) -> Due:
    """The corresponding day ``n`` years on; 29 February becomes the 28th (T-01, art. 202)."""
    _require_a_period(n)
    return _corresponding(start, 12 * n, f"{n}年", calendar)


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether ``day`` counts in a period of working days (T-03)."""
    return calendar.is_working(day)


def shanghai_date(instant: datetime) -> date:
    """The day an event falls on, whatever the hour (T-01, T-07)."""
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """24:00 in Shanghai, until when one may still file on line (T-01)."""
    return datetime.combine(day + ONE_DAY, time.min, SHANGHAI).astimezone(UTC)


def _corresponding(start: date, months: int, length: str, calendar: Calendar) -> Due:
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    month_end = monthrange(year, month)[1]
    nominal = date(year, month, min(start.day, month_end))
    counted = (
        f"满{length}"
        if start.day <= month_end
        else f"满{length}，当月没有{start.day}日，以月末为准"
    )
    return _natural(start, nominal, counted, MONTHS.format(length), calendar)


def _natural(start: date, nominal: date, counted: str, rule: str, calendar: Calendar) -> Due:
    last = nominal
    while not calendar.is_working(last):
        last += ONE_DAY
    open_years = _open_years(nominal - ONE_DAY, last, calendar)
    steps = natural_steps(start, nominal, counted, last, calendar)
    return Due(last, rule, steps + _notes(open_years), bool(open_years))


def _open_years(after: date, last: date, calendar: Calendar) -> list[int]:
    """The years whose notice could still move the result (T-06)."""
    unsettled = (day for day in days_between(after, last) if not calendar.is_settled(day))
    return sorted({calendar.notice_year(day) for day in unsettled})


def _notes(open_years: list[int]) -> tuple[str, ...]:
    if not open_years:
        return ()
    years = f"{open_years[0]}年"
    if len(open_years) > 1:
        years = f"{open_years[0]}年至{open_years[-1]}年"
    return (f"{years}的放假安排尚未载入，日期为暂定，载入后重新计算",)


def _require_a_period(n: int) -> None:
    if n < 1:
        raise ValueError("a period is at least one long")
