"""The column-wise checks agree with the checks of single numbers (B.7)."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from services.chassis.kernel.bulk_identifiers import (
    FAULTS,
    ROWS,
    check_mobiles,
    check_personal_numbers,
)
from services.chassis.kernel.identifiers import (
    DocumentKind,
    InvalidIdentifier,
    parse_document,
    parse_mobile,
)

TODAY = date(2026, 11, 21)


def one_by_one(number: str) -> str:
    try:
        parse_document(DocumentKind.HOUSEHOLD_REGISTER, number, today=TODAY)
    except InvalidIdentifier as refusal:
        return refusal.code
    return ""


def faults(numbers: list[str]) -> list[str]:
    return [FAULTS[fault] for fault in check_personal_numbers(numbers, TODAY)]


COLUMN = [
    "11010519491231002X", "110105194912310021", "", "110105491231002", "11010549123100X",
    "1101O519491231002X", "1101051949123100XX", "11010519491231002Y", "320102199001011000",
    "32010219900101100", "11010519491231002X1", "440524188001010014", "320100202302290010",
    "320100190002290010", "320100200002290010", "320100199013010010", "320100199000010010",
    "320100199001000010", "320100199004310010", "320100202611220010", "320100202611210010",
    "张三", "٣" * 18, "320100000001010010", "320100190001010010", "320100189912310010",
]  # fmt: skip


def test_a_column_is_checked_as_its_rows_are():
    assert faults(COLUMN) == [one_by_one(number) for number in COLUMN]
    assert set(faults(COLUMN)) == set(FAULTS)


NUMBERS = st.builds(
    lambda area, birth, sequence, last: f"{area:06}{birth:08}{sequence:03}{last}",
    st.integers(100000, 999999),
    st.dates(date(1890, 1, 1), date(2030, 1, 1)).map(lambda day: int(f"{day:%Y%m%d}"))
    | st.integers(18990101, 20269999),
    st.integers(0, 999),
    st.sampled_from("0123456789XY"),
)
RIGHT = NUMBERS.map(lambda number: number[:17] + mod_11_2.calc_check_digit(number[:17]))
SHORT = st.text("0123456789X", max_size=20)


@given(st.lists(NUMBERS | RIGHT | SHORT, max_size=30))
def test_any_column_is_checked_as_its_rows_are(numbers):
    assert faults(numbers) == [one_by_one(number) for number in numbers]


def test_a_long_column_is_checked_in_parts_and_in_order():
    numbers = ["11010519491231002X"] * (ROWS + 2)
    numbers[ROWS] = "1"

    found = check_personal_numbers(numbers, TODAY)

    assert found.dtype == np.uint8
    assert found.nonzero()[0].tolist() == [ROWS]
    assert len(found) == ROWS + 2
    assert check_personal_numbers([], TODAY).tolist() == []


@given(st.lists(st.from_regex(r"1[0-9X]{9,11}|[0-9]{11}|", fullmatch=True), max_size=30))
def test_a_column_of_mobiles_is_checked_as_its_rows_are(numbers):
    def is_mobile(number: str) -> bool:
        try:
            return parse_mobile(number) == number
        except InvalidIdentifier:
            return False

    assert check_mobiles(numbers).tolist() == [is_mobile(number) for number in numbers]


def test_columns_of_mobiles_know_their_edges():
    column = [
        "13012345678",
        "12012345678",
        "19912345678",
        "1301234567",
        "130123456780",
        "23012345678",
    ]

    assert check_mobiles(column).tolist() == [True, False, True, False, False, False]
    assert check_mobiles([]).tolist() == []
