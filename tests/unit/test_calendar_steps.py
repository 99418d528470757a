"""How periods account for themselves, and when they may still move (T-03, T-06, T-08)."""

from datetime import date, timedelta

import pytest

from services.chassis.kernel.calendar import (
    Calendar,
    DayKind,
    after_days,
    after_months,
    after_working_days,
    after_years,
    is_working_day,
    shipped,
)

CALENDAR = shipped()


def test_steps_of_working_days_can_be_checked_on_a_wall_calendar():
    due = after_working_days(date(2026, 9, 18), 10, CALENDAR)

    assert due.rule == "T-03 10个工作日：当日不计入，休息日不计，调休上班日计入"
    assert due.steps == (
        "9月18日 当日不计入",
        "9月19日 周六，休息",
        "9月20日 周日调休上班，第1个工作日",
        "9月21日至9月24日 第2至5个工作日",
        "9月25日至9月27日 中秋节，休息",
        "9月28日至9月30日 第6至8个工作日",
        "10月1日至10月7日 国庆节，休息",
        "10月8日 第9个工作日",
        "10月9日 第10个工作日",
    )


def test_steps_name_week_ends_and_the_last_day_alone():
    due = after_working_days(date(2026, 11, 21), 10, CALENDAR)

    assert due.steps == (
        "11月21日 当日不计入",
        "11月22日 周日，休息",
        "11月23日至11月27日 第1至5个工作日",
        "11月28日至11月29日 周末，休息",
        "11月30日至12月3日 第6至9个工作日",
        "12月4日 第10个工作日",
    )


def test_steps_of_a_single_working_day_are_two():
    assert after_working_days(date(2026, 11, 23), 1, CALENDAR).steps == (
        "11月23日 当日不计入",
        "11月24日 第1个工作日",
    )


def test_steps_of_sixteen_lines_are_all_shown_and_of_seventeen_are_summed_up():
    shown = after_working_days(date(2026, 5, 29), 35, CALENDAR)
    summed = after_working_days(date(2026, 5, 29), 36, CALENDAR)

    assert len(shown.steps) == 17
    assert shown.steps[1] == "5月30日至5月31日 周末，休息"
    assert summed.steps == (
        "5月29日 当日不计入",
        "6月19日至6月21日 端午节，休息",
        "其间周末休息14天",
        "7月21日 第36个工作日",
    )


def test_steps_of_several_years_are_totals():
    due = after_working_days(date(2024, 1, 2), 600, CALENDAR)

    assert due.steps == (
        "1月2日 当日不计入",
        "其间周末休息208天、节假日放假75天，调休上班17天",
        "2026年6月3日 第600个工作日",
    )


def test_steps_of_natural_days_show_the_roll():
    due = after_days(date(2026, 9, 21), 10, CALENDAR)

    assert due.rule == (
        "T-01 10日：当日不计入，期间休息日计入，"
        "末日遇休息日顺延（民法典第二百零一条、第二百零三条）"
    )
    assert due.steps == (
        "9月21日 当日不计入",
        "10月1日 第10日，国庆节，休息",
        "10月2日至10月7日 国庆节，休息",
        "10月8日 顺延至休息日后的第一个工作日",
    )


def test_steps_of_natural_days_without_a_roll_are_two():
    assert after_days(date(2026, 12, 28), 7, CALENDAR).steps[:2] == (
        "12月28日 当日不计入",
        "2027年1月4日 第7日",
    )


def test_steps_of_months_tell_when_the_month_has_no_such_day():
    months = after_months(date(2026, 3, 31), 1, CALENDAR)
    years = after_years(date(2024, 2, 29), 1, CALENDAR)
    plain = after_months(date(2026, 3, 30), 1, CALENDAR)

    assert months.rule == (
        "T-01 1个月：到期月的对应日，没有对应日的为月末，"
        "末日遇休息日顺延（民法典第二百零二条、第二百零三条）"
    )
    assert months.steps[1] == "4月30日 满1个月，当月没有31日，以月末为准"
    assert years.steps[1] == "2025年2月28日 满1年，当月没有29日，以月末为准"
    assert years.rule.startswith("T-01 1年：")
    assert plain.steps[1] == "4月30日 满1个月"


def test_beyond_the_published_years_the_result_is_provisional():
    due = after_working_days(date(2026, 12, 30), 2, CALENDAR)

    assert due.day == date(2027, 1, 4)  # 1 January by law, then a week-end
    assert due.provisional
    assert due.steps == (
        "12月30日 当日不计入",
        "12月31日 第1个工作日",
        "2027年1月1日 元旦，休息",
        "2027年1月2日至1月3日 周末，休息",
        "2027年1月4日 第2个工作日",
        "2027年的放假安排尚未载入，日期为暂定，载入后重新计算",
    )


def test_several_unpublished_years_are_named_together():
    due = after_working_days(date(2026, 12, 1), 400, CALENDAR)

    assert due.steps[-1] == "2027年至2028年的放假安排尚未载入，日期为暂定，载入后重新计算"


def test_a_natural_period_is_provisional_only_for_its_last_days():
    assert not after_days(date(2026, 12, 1), 30, CALENDAR).provisional
    assert after_days(date(2026, 12, 1), 31, CALENDAR).provisional
    assert after_years(date(2026, 12, 1), 1, CALENDAR).provisional
    assert not after_years(date(2003, 6, 1), 1, CALENDAR).provisional
    assert after_days(date(2003, 6, 1), 1, CALENDAR).provisional


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=k) for k in range(365)]


@pytest.mark.parametrize(
    ("last_published", "settled_until"),
    [
        (2005, "2005-12-28"),  # 1 January 2006: Sunday
        (2006, "2006-12-28"),  # 2007: Monday
        (2007, "2007-12-28"),  # 2008: Tuesday
        (2011, "2011-12-28"),  # 2012: Sunday
        (2013, "2013-12-31"),  # 2014: Wednesday
        (2014, "2014-12-31"),  # 2015: Thursday
        (2009, "2009-12-31"),  # 2010: Friday
        (2010, "2010-12-31"),  # 2011: Saturday
    ],
)
def test_the_last_days_of_december_wait_for_the_notice_that_may_reach_back(
    last_published, settled_until
):
    calendar = Calendar({}, frozenset({last_published}))
    expected = date.fromisoformat(settled_until)

    settled = [day for day in days_of(last_published) if calendar.is_settled(day)]

    assert settled[-1] == expected
    assert len(settled) == (expected - date(last_published, 1, 1)).days + 1


def test_an_unsettled_december_names_the_year_to_come():
    calendar = Calendar({}, frozenset({2006}))

    due = after_days(date(2006, 12, 28), 1, calendar)

    assert due.provisional
    assert due.steps[-1] == "2007年的放假安排尚未载入，日期为暂定，载入后重新计算"


def test_a_region_adds_days_off_of_its_own():
    eid = date(2026, 3, 20)
    made_up = date(2026, 10, 10)
    region = CALENDAR.with_days_off({eid: "开斋节", made_up: "本地放假"})

    assert is_working_day(eid, CALENDAR)
    assert not is_working_day(eid, region)
    assert not is_working_day(made_up, region)
    assert region.published == CALENDAR.published
    assert after_days(date(2026, 3, 19), 1, region).steps == (
        "3月19日 当日不计入",
        "3月20日 第1日，开斋节，休息",
        "3月21日至3月22日 周末，休息",
        "3月23日 顺延至休息日后的第一个工作日",
    )


def test_a_day_off_without_a_name_is_still_explained():
    calendar = Calendar({date(2026, 3, 20): DayKind.OFF}, frozenset({2026}))

    assert calendar.reason(date(2026, 3, 20)) == "放假"


def test_a_summed_up_account_keeps_the_holiday_just_before_its_end():
    due = after_working_days(date(2026, 6, 30), 67, CALENDAR)

    assert due.steps == (
        "6月30日 当日不计入",
        "9月20日 周日调休上班，第59个工作日",
        "9月25日至9月27日 中秋节，休息",
        "10月1日至10月7日 国庆节，休息",
        "其间周末休息23天",
        "10月8日 第67个工作日",
    )


def test_a_holiday_over_the_years_end_names_the_new_year():
    assert after_working_days(date(2022, 12, 30), 1, CALENDAR).steps == (
        "12月30日 当日不计入",
        "12月31日至2023年1月2日 元旦，休息",
        "2023年1月3日 第1个工作日",
    )


@pytest.mark.parametrize(
    ("published", "settled"), [({2006, 2007}, True), ({2005, 2006}, False), ({2006, 2008}, False)]
)
def test_late_december_is_settled_by_the_next_year_only(published, settled):
    assert Calendar({}, frozenset(published)).is_settled(date(2006, 12, 31)) is settled
