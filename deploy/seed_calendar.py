"""Writes the calendar that a release ships: the known notices and the outlook from the law.

Run once a year, when `chinese-calendar` has learnt the new notice; an administrator need not
wait for that, since a running system takes a year as data (T-04).
"""

import csv
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path

import holidays
from chinese_calendar.constants import Holiday, workdays
from chinese_calendar.constants import holidays as days_off

TARGET = Path(__file__).parents[1] / "services/chassis/kernel/data/calendar.csv"
CHINESE = {
    **{holiday.value: holiday.chinese for holiday in Holiday},
    Holiday.tomb_sweeping_day.value: "清明节",
    Holiday.dragon_boat_festival.value: "端午节",
    Holiday.mid_autumn_festival.value: "中秋节",
}
FIELDS = ("year", "day", "kind", "name", "document")
OUTLOOK_UNTIL = 2040
DOCUMENTS = {
    2025: "国办发明电〔2024〕12号",
    2026: "国务院办公厅2025年11月4日通知",
}


def published_rows() -> Iterator[tuple[int, date, str, str, str]]:
    """Each day off and make-up day, under the year whose notice ordered it (T-04)."""
    source = f"文号未录，据 chinese-calendar {version('chinese-calendar')}"
    for kind, days in (("off", days_off), ("work", workdays)):
        for day, english in days.items():
            year = day.year + (day.month == 12)
            name = CHINESE[english]
            yield year, day, kind, name, DOCUMENTS.get(year, source)


def outlook_rows(after: int) -> Iterator[tuple[int, date, str, str, str]]:
    """The holidays that the law itself dates; nothing is guessed about bridges (T-06)."""
    years = range(after + 1, OUTLOOK_UNTIL + 1)
    law = "全国年节及纪念日放假办法（国务院令第795号）"
    outlook = holidays.country_holidays("CN", years=years, observed=False, language="zh_CN")
    for day, name in outlook.items():
        yield day.year, day, "outlook", name.replace("; ", "、").replace("农历除夕", "春节"), law


def calendar_rows() -> list[tuple[int, date, str, str, str]]:
    """All rows in the order of the days."""
    published = list(published_rows())
    last_year = max(row[0] for row in published)
    return sorted([*published, *outlook_rows(last_year)], key=lambda row: row[1])


def main() -> None:
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows(calendar_rows())
    sys.stdout.write(f"已写入 {TARGET.name}\n")


if __name__ == "__main__":
    main()
