"""The sheet of 500 couriers that a township office receives, with the faults real sheets have.

Of its 500 rows 488 can be imported, 9 must be mended and 3 are duplicates: one of another row, one
of somebody in the register of the same union, one of a member elsewhere. Row numbers are those of
the sheet: two title rows, the header in row 3, people from row 4 on.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from deploy.demo.people import CHECKS, DIVISIONS, Courier, couriers, with_check

SEED = 20260105
ROWS = 500
FIRST_ROW = 4
TITLE = "唐桥镇新就业形态劳动者入会名单"
SUBTITLE = "填报单位：唐桥镇总工会        填报日期：2026年1月5日"
HEADERS = (
    "序号",
    "手机号",
    "姓 名",
    "从业类别",
    "身份证号（必填）",
    "所属平台",
    "用工形式",
    "入职时间",
    "现住址",
    "备注",
)
ID_PLACE, PHONE_PLACE, NAME_PLACE, DATE_PLACE = 4, 1, 2, 7

# Position among the 500 (from 0): what is wrong there.
WRONG_CHECK_DIGIT = (16, 120, 333)
ID_AS_NUMBER = (17, 201)
ID_SCIENTIFIC = (245,)
FIFTEEN_DIGITS = (88, 410)
WRONG_PHONE = (150,)
FULL_WIDTH = (30, 31, 277)
SPACES = (45, 46, 390)
LOWER_X = (60, 61)
SAME_AS_FIRST = 299  # repeats the person at position 5
IN_REGISTER = 18
ELSEWHERE = 222

FAULTY = (*WRONG_CHECK_DIGIT, *ID_AS_NUMBER, *ID_SCIENTIFIC, *FIFTEEN_DIGITS, *WRONG_PHONE)
DUPLICATE = (SAME_AS_FIRST, IN_REGISTER, ELSEWHERE)
CLEANED = (*FULL_WIDTH, *SPACES, *LOWER_X)
READY = ROWS - len(FAULTY) - len(DUPLICATE)

WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}


@dataclass(frozen=True, slots=True)
class Story:
    """The people as they really are, and the rows as the office typed them."""

    people: tuple[Courier, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def registered(self) -> Courier:
        """Must be a member of the same union before the sheet arrives."""
        return self.people[IN_REGISTER]

    @property
    def elsewhere(self) -> Courier:
        """Must be a member of another union before the sheet arrives."""
        return self.people[ELSEWHERE]


def story(seed: int = SEED, divisions: Sequence[str] = DIVISIONS) -> Story:
    """The same sheet for the same seed."""
    people = list(islice(couriers(seed, divisions), ROWS))
    for position in LOWER_X:
        people[position] = _ending_in_x(people[position])
    people[SAME_AS_FIRST] = people[5]
    rows = tuple(_row(position, person) for position, person in enumerate(people))
    return Story(tuple(people), rows)


def _ending_in_x(person: Courier) -> Courier:
    """The same person with the first sequence number whose check digit is X."""
    found = next(
        number
        for sequence in range(999)
        if (number := with_check(f"{person.id_number[:14]}{sequence:03d}")).endswith("X")
    )
    return replace(person, id_number=found)


def _row(position: int, person: Courier) -> tuple[Any, ...]:
    return (
        position + 1,
        person.phone[:-1] if position in WRONG_PHONE else person.phone,
        person.name,
        person.group,
        _typed_id(position, person.id_number),
        person.platform,
        person.relation,
        _typed_day(position, person.started_on),
        person.address,
        "=1+1" if position == WRONG_CHECK_DIGIT[0] else "",
    )


def _typed_id(position: int, number: str) -> Any:
    """The id number as the office typed it, faults included."""
    typed: Mapping[tuple[int, ...], Any] = {
        WRONG_CHECK_DIGIT: number[:-1] + _another(number[-1]),
        ID_AS_NUMBER: float(number[:17] + "0"),
        ID_SCIENTIFIC: f"{float(number[:17] + '0'):.5E}",
        FIFTEEN_DIGITS: number[:6] + number[8:17],
        FULL_WIDTH: number.translate(WIDE),
        SPACES: f" {number[:6]} {number[6:14]} {number[14:]} ",
        LOWER_X: number.lower(),
    }
    return next((value for where, value in typed.items() if position in where), number)


def _another(check: str) -> str:
    return CHECKS[(CHECKS.index(check) + 3) % len(CHECKS)]


def _typed_day(position: int, day: date) -> Any:
    """Four ways in turn: three written, one a true date of the spreadsheet."""
    match position % 4:
        case 0:
            return day.isoformat()
        case 1:
            return f"{day.year}/{day.month}/{day.day}"
        case 2:
            return f"{day.year}年{day.month}月{day.day}日"
        case _:
            return datetime.combine(day, time())


def write_story_xlsx(path: Path, rows: Iterable[tuple[Any, ...]]) -> None:
    """With a merged title, and cells of the kinds that a spreadsheet has."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("名单")
        day = book.add_format({"num_format": "yyyy/m/d"})
        last = len(HEADERS) - 1
        sheet.merge_range(0, 0, 0, last, TITLE)
        sheet.merge_range(1, 0, 1, last, SUBTITLE)
        for place, header in enumerate(HEADERS):
            sheet.write_string(2, place, header)
        for number, row in enumerate(rows, FIRST_ROW - 1):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, place, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                else:
                    sheet.write_number(number, place, cell)


def write_story_csv(path: Path, rows: Iterable[tuple[Any, ...]], encoding: str = "gbk") -> None:
    """The same as a spreadsheet program saves it in China: GBK, numbers as they were shown."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        blank = [""] * (len(HEADERS) - 1)
        writer.writerows([[TITLE, *blank], [SUBTITLE, *blank], HEADERS])
        writer.writerows([_shown(cell) for cell in row] for row in rows)


def _shown(cell: Any) -> str:
    if isinstance(cell, datetime):
        return f"{cell.year}/{cell.month}/{cell.day}"
    return f"{cell:.5E}" if isinstance(cell, float) else str(cell)
