"""Mobile numbers, bank cards and credit codes against the rulebook (B.7)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from services.chassis.kernel.identifiers import (
    InvalidIdentifier,
    check_bank_card,
    check_mobile,
    parse_bank_card,
    parse_mobile,
    parse_uscc,
)
from services.chassis.kernel.text import Cleaned

GAPS, NUMBER, COUNTRY = "去除空格和分隔符", "数字格式改为文本", "去除国家代码86"


@pytest.mark.parametrize(
    ("raw", "changes"),
    [
        ("13812345678", ()),
        ("138-1234 5678", (GAPS,)),
        ("+8613812345678", (COUNTRY,)),
        ("+86 138 1234 5678", (GAPS, COUNTRY)),
        ("(+86)13812345678", (COUNTRY,)),
        ("008613812345678", (COUNTRY,)),
        ("8613812345678", (COUNTRY,)),
        (13812345678, (NUMBER,)),
        (13812345678.0, (NUMBER,)),
        ("13812345678.0", (NUMBER,)),
        (8613812345678, (NUMBER, COUNTRY)),
    ],
)
def test_mobile_numbers_are_read_as_people_and_sheets_write_them(raw, changes):
    assert check_mobile(raw) == Cleaned("13812345678", changes)
    assert parse_mobile(raw) == "13812345678"


@pytest.mark.parametrize("segment", range(13, 20))
def test_every_segment_is_taken(segment):
    assert parse_mobile(f"{segment}912345678") == f"{segment}912345678"


WRONG = "手机号码应为11位数字、以13至19开头，现为{}位，请核对。"
LANDLINE = "这是固定电话，请填写11位手机号码。"


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        ("", "missing", "请填写手机号码。"),
        ("+86", "missing", "请填写手机号码。"),
        ("12812345678", "mobile", WRONG.format(11)),
        ("1381234567", "mobile", WRONG.format(10)),
        ("138123456789", "mobile", WRONG.format(12)),
        ("86138123456789", "mobile", WRONG.format(14)),
        ("1381234567a", "mobile", WRONG.format(11)),
        ("٣" * 11, "mobile", WRONG.format(11)),
        ("0512-66881234", "landline", LANDLINE),
        ("66881234", "landline", LANDLINE),
        ("400-800-1234", "landline", LANDLINE),
    ],
)
def test_what_is_no_mobile_number_is_refused(raw, code, message):
    with pytest.raises(InvalidIdentifier) as caught:
        parse_mobile(raw)

    assert (caught.value.code, caught.value.message) == (code, message)


@pytest.mark.parametrize("length", [16, 17, 18, 19])
def test_bank_cards_of_sixteen_to_nineteen_digits_are_taken(length):
    first = "6222021234567890123"[: length - 1]
    card = first + luhn.calc_check_digit(first)

    assert parse_bank_card(card) == card
    assert check_bank_card(f"{card[:4]} {card[4:]}") == Cleaned(card, (GAPS,))


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        ("", "missing", "请填写银行卡号。"),
        ("6" * 15, "bank-card", "银行卡号应为16至19位数字，现为15位，请对照卡面核对。"),
        ("6" * 20, "bank-card", "银行卡号应为16至19位数字，现为20位，请对照卡面核对。"),
        ("62220212345678a1", "bank-card", "银行卡号应为16至19位数字，现为16位，请对照卡面核对。"),
        ("4111111111111112", "check-digit", "银行卡号有误：按前面各位计算，最后一位应为“1”，"
         "现为“2”。请对照卡面逐位核对。"),
        (4111111111111111, "spreadsheet-number", "表格把号码变成了数字，第15位以后已经丢失。"
         "请先把该列设为“文本”格式，再按原件重新填写。"),
    ],
)  # fmt: skip
def test_wrong_bank_cards_are_refused(raw, code, message):
    with pytest.raises(InvalidIdentifier) as caught:
        check_bank_card(raw)

    assert (caught.value.code, caught.value.message) == (code, message)


def credit_code(first17: str) -> str:
    return first17 + uscc.calc_check_digit(first17)


@pytest.mark.parametrize(
    "number",
    [
        "91110000600037341L",  # an enterprise
        *(credit_code(f"{registrar}1320500600037341") for registrar in "123456789ANY"),
    ],
)
def test_credit_codes_of_every_registrar_are_taken(number):
    assert parse_uscc(f" {number.lower()} ") == (number, ())


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("600037340", "1"),
        ("600037347", "1"),
        ("00000001X", "9"),
        ("000000071", "8"),
        ("000000061", "X"),
        ("000000000", None),
        ("D2143569X", None),  # the example of GB 11714
        ("D21435699", "X"),
    ],
)
def test_a_failing_inner_digit_is_a_warning_only(inner, expected):
    value, warnings = parse_uscc(credit_code(f"81320500{inner}"))

    assert value[8:17] == inner
    assert warnings == (
        ()
        if expected is None
        else (
            f"第9至17位（组织机构代码）的校验位应为“{expected}”，现为“{inner[8]}”，请与证书核对。",
        )
    )


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        ("", "missing", "请填写统一社会信用代码。"),
        ("9111000060003734", "length",
         "统一社会信用代码应为18位，现为16位，请核对是否多填或漏填。"),
        ("9111000060003734OL", "characters",
         "统一社会信用代码第3至8位为数字，其余为数字或大写字母，且不使用字母I、O、S、V、Z，"
         "请核对是否应为1、0、5、U、2。"),
        ("91A10000600037341L", "characters",
         "统一社会信用代码第3至8位为数字，其余为数字或大写字母，且不使用字母I、O、S、V、Z，"
         "请核对是否应为1、0、5、U、2。"),
        ("01110000600037341L", "registrar",
         "统一社会信用代码第1位应为1至9或A、N、Y（工会为8），请对照证书核对。"),
        ("911100006000373411", "check-digit",
         "统一社会信用代码有误：按前17位计算，最后一位应为“L”，现为“1”。"
         "请对照证书逐位核对，输错的可能是其中任何一位。"),
        (911100006000373411, "spreadsheet-number",
         "表格把号码变成了数字，第15位以后已经丢失。请先把该列设为“文本”格式，再按原件重新填写。"),
    ],
)  # fmt: skip
def test_wrong_credit_codes_are_refused(raw, code, message):
    with pytest.raises(InvalidIdentifier) as caught:
        parse_uscc(raw)

    assert (caught.value.code, caught.value.message) == (code, message)


@given(st.text() | st.integers() | st.floats())
def test_whatever_comes_is_taken_unchanged_again_or_refused_in_a_sentence(raw):
    for parse in (parse_mobile, parse_bank_card, lambda value: parse_uscc(value).value):
        taken, message = outcome(parse, raw)
        assert message.endswith("。") or outcome(parse, taken) == (taken, "")


def outcome(parse: Callable[..., str], raw: str | int | float) -> tuple[str, str]:
    try:
        return parse(raw), ""
    except InvalidIdentifier as refusal:
        return "", refusal.message
