"""Statutory time against the rulebook (T-01 … T-08) and the notices of 2025 and 2026."""

from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.seed_calendar import calendar_rows
from services.chassis.kernel.calendar import (
    SHANGHAI,
    Calendar,
    CalendarRow,
    DayKind,
    after_days,
    after_months,
    after_working_days,
    after_years,
    end_of_day,
    is_working_day,
    shanghai_date,
    shipped,
)

CALENDAR = shipped()
DATES = st.dates(date(2004, 1, 1), date(2045, 12, 31))
PERIODS = (after_working_days, after_days, after_months, after_years)


def span(first: str, last: str) -> Iterator[date]:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day
        day += timedelta(days=1)


def year(number: int) -> Iterator[date]:
    return span(f"{number}-01-01", f"{number}-12-31")


NOTICES = {
    2026: (
        "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27"
        " 10-01..10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
    2025: (
        "01-01..01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
}


@pytest.mark.parametrize("number", list(NOTICES))
def test_a_published_year_is_worked_exactly_as_its_notice_says(number):
    spans, made_up = NOTICES[number]
    ends = [item.split("..") for item in spans.split()]
    off = {day for a, b in ends for day in span(f"{number}-{a}", f"{number}-{b}")}
    worked = {date.fromisoformat(f"{number}-{day}") for day in made_up.split()}

    for day in year(number):
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert is_working_day(day, CALENDAR) is expected, day


@pytest.mark.parametrize(
    ("number", "working_days"), [(2004, 252), (2020, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_a_year_has_the_known_number_of_working_days(number, working_days):
    assert sum(is_working_day(day, CALENDAR) for day in year(number)) == working_days


def test_the_shipped_file_is_what_the_libraries_say():
    rows = [
        CalendarRow(number, day, DayKind(kind), name, document)
        for number, day, kind, name, document in calendar_rows()
    ]

    assert Calendar.from_rows(rows) == CALENDAR
    assert CALENDAR.published == frozenset(range(2004, 2027))
    assert CALENDAR.documents[2025] == "国办发明电〔2024〕12号"
    assert CALENDAR.documents[2026] == "国务院办公厅2025年11月4日通知"
    assert set(CALENDAR.documents) == set(CALENDAR.published)


def test_the_outlook_holds_only_the_thirteen_days_that_the_law_dates():
    outlook = {day.strftime("%m-%d"): name for day, name in CALENDAR.names.items()
               if day.year == 2027}  # fmt: skip

    assert outlook == {
        "01-01": "元旦", "02-05": "春节", "02-06": "春节", "02-07": "春节", "02-08": "春节",
        "04-05": "清明节", "05-01": "劳动节", "05-02": "劳动节", "06-09": "端午节",
        "09-15": "中秋节", "10-01": "国庆节", "10-02": "国庆节", "10-03": "国庆节",
    }  # fmt: skip
    assert {CALENDAR.days[date(2027, 1, 1)]} == {DayKind.OUTLOOK}


WORKING = [
    ("2026-11-21", 1, "2026-11-23"),  # an event on a Saturday
    ("2026-11-21", 10, "2026-12-04"),
    ("2026-11-20", 1, "2026-11-23"),  # Friday: the week-end is skipped
    ("2026-09-18", 1, "2026-09-20"),  # a make-up Sunday counts
    ("2026-09-30", 1, "2026-10-08"),  # National Day is skipped
    ("2026-10-09", 1, "2026-10-10"),  # a make-up Saturday counts
    ("2026-10-10", 1, "2026-10-12"),  # and the event may fall on one
    ("2026-02-13", 3, "2026-02-25"),  # 14th made up, 15th to 23rd off
    ("2025-12-31", 1, "2026-01-04"),  # over the year's end
]


@pytest.mark.parametrize(("start", "n", "day"), WORKING)
def test_working_days_skip_rest_days_and_count_made_up_days(start, n, day):
    due = after_working_days(date.fromisoformat(start), n, CALENDAR)

    assert due.day == date.fromisoformat(day)
    assert not due.provisional


NATURAL = [
    ("2026-11-21", 9, "2026-11-30"),
    ("2026-11-21", 7, "2026-11-30"),  # Saturday rolls
    ("2026-11-21", 8, "2026-11-30"),  # Sunday rolls
    ("2026-09-21", 10, "2026-10-08"),  # holiday rolls to the day after it
    ("2026-09-10", 10, "2026-09-20"),  # nothing rolls off a make-up Sunday
    ("2026-02-06", 7, "2026-02-13"),
    ("2026-02-07", 14, "2026-02-24"),
    ("2026-01-01", 1, "2026-01-04"),  # 2 January rolls onto a make-up Sunday
    ("2026-09-30", 8, "2026-10-08"),  # holidays inside the period count
]


@pytest.mark.parametrize(("start", "n", "day"), NATURAL)
def test_natural_days_roll_only_at_their_end(start, n, day):
    assert after_days(date.fromisoformat(start), n, CALENDAR).day == date.fromisoformat(day)


MONTHS = [
    (after_months, "2026-01-31", 1, "2026-02-28"),  # month end, and a made-up Saturday
    (after_months, "2023-12-31", 2, "2024-02-29"),
    (after_months, "2026-03-31", 1, "2026-04-30"),
    (after_months, "2026-02-28", 1, "2026-03-30"),  # the 28th, a Saturday, not the month's end
    (after_months, "2026-10-20", 2, "2026-12-21"),  # Sunday rolls
    (after_months, "2025-11-15", 1, "2025-12-15"),
    (after_months, "2025-12-15", 1, "2026-01-15"),
    (after_months, "2024-12-10", 12, "2025-12-10"),
    (after_years, "2024-02-29", 1, "2025-02-28"),
    (after_years, "2020-02-29", 4, "2024-02-29"),
    (after_years, "2025-10-01", 1, "2026-10-08"),
    (after_years, "2023-08-12", 3, "2026-08-12"),
]


@pytest.mark.parametrize(("period", "start", "n", "day"), MONTHS)
def test_months_and_years_end_on_the_corresponding_day(period, start, n, day):
    assert period(date.fromisoformat(start), n, CALENDAR).day == date.fromisoformat(day)


def test_a_notice_that_reached_back_is_kept_under_its_own_year():
    assert is_working_day(date(2018, 12, 29), CALENDAR)  # a Saturday, by the notice of 2019
    assert not is_working_day(date(2018, 12, 31), CALENDAR)
    only_2019 = Calendar.from_rows(
        [CalendarRow(2019, date(2018, 12, 31), DayKind.OFF, "元旦", "国办发明电〔2018〕15号")]
    )
    assert only_2019.published == frozenset({2019})


def test_a_loaded_year_silences_its_outlook():
    rows = [
        CalendarRow(2027, date(2027, 1, 1), DayKind.OUTLOOK, "元旦"),
        CalendarRow(2028, date(2028, 1, 3), DayKind.OUTLOOK, "元旦"),
        CalendarRow(2027, date(2027, 1, 4), DayKind.OFF, "元旦", "文号甲"),
    ]

    calendar = Calendar.from_rows(iter(rows))

    assert calendar.days == {
        date(2027, 1, 4): DayKind.OFF,
        date(2028, 1, 3): DayKind.OUTLOOK,
    }
    assert calendar.published == frozenset({2027})
    assert calendar.documents == {2027: "文号甲"}
    assert is_working_day(date(2027, 1, 1), calendar)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("n", [0, -1])
def test_a_period_of_nothing_is_a_mistake(period, n):
    with pytest.raises(ValueError, match="at least one long"):
        period(date(2026, 1, 5), n, CALENDAR)


def test_the_day_of_an_event_is_the_shanghai_day():
    assert shanghai_date(datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 21)
    assert shanghai_date(datetime(2026, 11, 21, 16, 0, tzinfo=UTC)) == date(2026, 11, 22)
    west = timezone(timedelta(hours=-8))
    assert shanghai_date(datetime(2026, 11, 21, 8, 0, tzinfo=west)) == date(2026, 11, 22)
    with pytest.raises(ValueError, match="aware"):
        shanghai_date(datetime(2026, 11, 21))  # noqa: DTZ001  the naive value is the point


def test_a_day_ends_at_its_midnight_in_shanghai():
    assert end_of_day(date(2026, 12, 31)) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert end_of_day(date(2026, 12, 31)).tzinfo is UTC
    assert end_of_day(date(2026, 12, 31)) == datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI)


@given(DATES, st.integers(1, 300))
def test_working_days_grow_with_the_count_and_count_up(start, n):
    first, second = (after_working_days(start, k, CALENDAR).day for k in (n, n + 1))
    days = [start + timedelta(days=k) for k in range(1, (first - start).days + 1)]

    assert start < first < second
    assert is_working_day(first, CALENDAR)
    assert sum(is_working_day(day, CALENDAR) for day in days) == n


@given(DATES, DATES, st.integers(1, 40), st.sampled_from(PERIODS))
def test_a_later_start_never_ends_earlier(one, other, n, period):
    earlier, later = sorted((one, other))

    assert period(earlier, n, CALENDAR).day <= period(later, n, CALENDAR).day


@given(DATES, st.integers(1, 40), st.sampled_from(PERIODS))
def test_every_period_ends_on_a_working_day_and_explains_itself(start, n, period):
    due = period(start, n, CALENDAR)

    assert is_working_day(due.day, CALENDAR)
    assert due.day > start
    assert due.steps[0] == f"{start.month}月{start.day}日 当日不计入"
    assert due.provisional == due.steps[-1].endswith("载入后重新计算")
    assert len(due.steps) <= 18


@given(st.integers(2004, 2045))
def test_leap_years_are_whole(number):
    assert len(list(year(number))) == 365 + isleap(number)
