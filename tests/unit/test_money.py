"""Yuan as they are written and shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.money import InvalidMoney, parse_yuan, yuan

READ = [
    ("1200", "1200.00"), ("1200.5", "1200.50"), ("0", "0.00"), ("0.05", "0.05"),
    ("１２００．５０", "1200.50"), ("¥1,200.50", "1200.50"), ("￥ 1，200", "1200.00"),
    (" 33.90 元 ", "33.90"), ("1,234,567.89", "1234567.89"), ("999999999999.99", "999999999999.99"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "shown"), READ)
def test_parse_yuan_reads_amounts_as_people_write_them(raw, shown):
    assert yuan(parse_yuan(raw)) == shown
    assert str(parse_yuan(raw)) == shown


MESSAGES = {
    "missing": "请填写金额。",
    "negative": "金额不能为负数，请填写大于或等于0的数。",
    "not-a-number": "请填写金额数字，最多12位整数，例如 1200.50。",
    "too-precise": "金额最多保留两位小数（到分）。",
}
REFUSED = [
    ("", "missing"), (" 元", "missing"), ("-1", "negative"), ("－1", "negative"),
    ("¥−1", "negative"), ("abc", "not-a-number"), ("1e5", "not-a-number"), ("NaN", "not-a-number"),
    ("1-2", "not-a-number"), ("1 200", "not-a-number"), ("12,00", "not-a-number"),
    ("1,2345", "not-a-number"), ("1,234.5,6", "not-a-number"), ("1234,567", "not-a-number"),
    ("1000000000000", "not-a-number"), ("1.", "not-a-number"), (".5", "not-a-number"),
    ("٣", "not-a-number"), ("1.005", "too-precise"), ("1.000", "too-precise"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "code"), REFUSED)
def test_parse_yuan_refuses_rather_than_guesses(raw, code):
    with pytest.raises(InvalidMoney) as caught:
        parse_yuan(raw)

    assert (caught.value.code, caught.value.message) == (code, MESSAGES[code])


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("1.005", "1.01"), ("1.004", "1.00"), ("-2.5", "-2.50"), ("1E+3", "1000.00"), ("0", "0.00")],
)
def test_yuan_shows_two_decimals(amount, shown):
    assert yuan(Decimal(amount)) == shown


@given(st.decimals(0, 10**11, places=2))
def test_what_is_shown_can_be_read_again(amount):
    assert parse_yuan(yuan(amount)) == amount
