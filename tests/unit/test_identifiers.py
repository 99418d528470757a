"""Documents of people against the rulebook (B.7, N), message by message."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from services.chassis.kernel.identifiers import (
    DOCUMENT_LABELS,
    Document,
    DocumentKind,
    InvalidIdentifier,
    Sex,
    parse_document,
    resident_id_facts,
)

TODAY = date(2026, 11, 21)
WIDE, GAPS, LIKE_X, CAPITALS = (
    "全角字符改为半角", "去除空格和分隔符", "形似字符改为字母X", "小写字母改为大写",
)  # fmt: skip
RESIDENT, PERMIT = DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT
FOREIGNER, PASSPORT = DocumentKind.FOREIGNER_CARD, DocumentKind.PASSPORT
OFFICER, REGISTER = DocumentKind.OFFICER_CARD, DocumentKind.HOUSEHOLD_REGISTER
TAIWAN, HONGKONG = DocumentKind.TAIWAN_PERMIT, DocumentKind.HONGKONG_MACAO_PERMIT


def whole(first17: str) -> str:
    return first17 + mod_11_2.calc_check_digit(first17)


TAKEN = [
    (RESIDENT, "11010519491231002X", "11010519491231002X", ()),  # the example of GB 11643
    (RESIDENT, "11010519491231002x", "11010519491231002X", (CAPITALS,)),
    (RESIDENT, "11010519491231002Х", "11010519491231002X", (LIKE_X,)),
    (RESIDENT, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", (WIDE,)),
    (RESIDENT, " 110105 19491231 002X", "11010519491231002X", (GAPS,)),
    (RESIDENT, "'11010519491231002X", "11010519491231002X", (GAPS,)),
    (RESIDENT, whole("32058419500101123"), whole("32058419500101123"), ()),  # 吴江, abolished
    (RESIDENT, whole("32057619900101123"), whole("32057619900101123"), ()),  # a statistical code
    (RESIDENT, whole("00000019000101000"), whole("00000019000101000"), ()),
    (RESIDENT, whole("32010020261121000"), whole("32010020261121000"), ()),  # born today
    (RESIDENT, whole("32010020240229001"), whole("32010020240229001"), ()),
    (REGISTER, "11010519491231002X", "11010519491231002X", ()),
    (PERMIT, whole("81000019900101001"), whole("81000019900101001"), ()),
    (PERMIT, whole("83000019900101003"), whole("83000019900101003"), ()),
    (FOREIGNER, whole("91184019900101001"), whole("91184019900101001"), ()),
    (FOREIGNER, "usa110190010112", "USA110190010112", (CAPITALS,)),
    (PASSPORT, "E12345678", "E12345678", ()),
    (PASSPORT, "e1234 5678", "E12345678", (GAPS, CAPITALS)),
    (PASSPORT, "12345", "12345", ()),
    (PASSPORT, "A" * 20, "A" * 20, ()),
    (PASSPORT, 12345678.0, "12345678", ("数字格式改为文本",)),
    (PASSPORT, 123456789012345, "123456789012345", ("数字格式改为文本",)),
    (PASSPORT, "12345678.00", "12345678", ("数字格式改为文本",)),
    (PASSPORT, "3E1234567", "3E1234567", ()),  # no power of ten
    (TAIWAN, "12345678", "12345678", ()),
    (TAIWAN, "1234567890", "1234567890", ()),
    (TAIWAN, "1234567890B", "1234567890B", ()),
    (HONGKONG, "H12345678", "H12345678", ()),
    (HONGKONG, "m1234567800", "M1234567800", (CAPITALS,)),
    (OFFICER, "军字第01234567号", "军字第01234567号", ()),
    (OFFICER, "1234", "1234", ()),
]


@pytest.mark.parametrize(("kind", "raw", "number", "changes"), TAKEN)
def test_a_document_is_taken_and_what_was_cleaned_is_recorded(kind, raw, number, changes):
    document = parse_document(kind, raw, today=TODAY)

    assert (document.kind, document.number, document.changes) == (kind, number, changes)


TOLD = [
    (RESIDENT, "81000019900101001", PERMIT, "“居民身份证”改为“港澳台居民居住证”"),
    (RESIDENT, "82000019900101001", PERMIT, "“居民身份证”改为“港澳台居民居住证”"),
    (RESIDENT, "83000019900101001", PERMIT, "“居民身份证”改为“港澳台居民居住证”"),
    (RESIDENT, "91184019900101001", FOREIGNER, "“居民身份证”改为“外国人永久居留身份证”"),
    (PERMIT, "32010019900101001", RESIDENT, "“港澳台居民居住证”改为“居民身份证”"),
    (PERMIT, "84000019900101001", RESIDENT, "“港澳台居民居住证”改为“居民身份证”"),
    (FOREIGNER, "32010019900101001", RESIDENT, "“外国人永久居留身份证”改为“居民身份证”"),
]


@pytest.mark.parametrize(("chosen", "first17", "kind", "change"), TOLD)
def test_eighteen_digits_tell_their_kind_better_than_the_list(chosen, first17, kind, change):
    document = parse_document(chosen, f" {whole(first17)}", today=TODAY)

    assert document.kind is kind
    assert document.changes == (GAPS, f"证件类别由{change}")


def test_a_household_register_keeps_its_kind():
    assert parse_document(REGISTER, whole("81000019900101001")).kind is REGISTER


LOST = "表格把号码变成了数字，第15位以后已经丢失。请先把该列设为“文本”格式，再按原件重新填写。"
BIRTH = "号码第7至14位不是有效的出生日期，请对照证件核对。"
LENGTH = "号码应为18位，现为{}位，请核对是否多填或漏填。"
CHARACTERS = "号码的前17位只能是数字，最后一位是数字或X，请核对（字母O应为0，字母I应为1）。"
CHECK = (
    "号码有误：按前17位计算，最后一位应为“{}”，现为“{}”。"
    "请对照证件逐位核对，输错的可能是其中任何一位。"
)
SHAPE = {
    OFFICER: "军官证号由部别简称和4至12位数字组成，例如“军字第01234567号”。",
    PASSPORT: "护照号为5至20位字母或数字，请对照护照资料页核对。",
    TAIWAN: "台湾居民来往大陆通行证号为8位数字（旧证10至11位），请对照证件核对。",
    HONGKONG: "港澳居民来往内地通行证号以H或M开头，后接8位数字（旧证10位），请对照证件核对。",
}
REFUSED = [
    (RESIDENT, "", "missing", "请填写证件号码。"),
    (PASSPORT, " ", "missing", "请填写证件号码。"),
    (RESIDENT, "110105491231002", "fifteen-digits",
     "这是15位的旧身份证号，已停止使用。请填写18位身份证号。"),
    (RESIDENT, "11010549123100X", "length", LENGTH.format(15)),
    (RESIDENT, "11010519491231002", "length", LENGTH.format(17)),
    (RESIDENT, "11010519491231002X1", "length", LENGTH.format(19)),
    (RESIDENT, "1101O519491231002X", "characters", CHARACTERS),
    (RESIDENT, "1101051949123100XX", "characters", CHARACTERS),
    (RESIDENT, "11010519491231002Y", "characters", CHARACTERS),
    (RESIDENT, "٣" * 18, "characters", CHARACTERS),
    (RESIDENT, "110105194912310021", "check-digit", CHECK.format("X", "1")),
    (RESIDENT, "440524188001010014", "birth-date", BIRTH),  # right digit, born 1880
    (RESIDENT, whole("32010018991231001"), "birth-date", BIRTH),
    (RESIDENT, whole("32010020230229001"), "birth-date", BIRTH),
    (RESIDENT, whole("32010019901301001"), "birth-date", BIRTH),
    (RESIDENT, whole("32010019900431001"), "birth-date", BIRTH),
    (RESIDENT, whole("32010000000101001"), "birth-date", BIRTH),
    (RESIDENT, whole("32010020261122001"), "birth-in-future",
     "号码第7至14位的出生日期在今天之后，请对照证件核对。"),
    (RESIDENT, "320102199001011000", "spreadsheet-number", LOST),
    (RESIDENT, "3.20102E+17", "spreadsheet-number", LOST),
    (RESIDENT, "3.20102e17", "spreadsheet-number", LOST),
    (RESIDENT, "3E+17", "spreadsheet-number", LOST),
    (RESIDENT, "320102199001011234.0", "spreadsheet-number", LOST),
    (RESIDENT, "1234567890123456.0", "spreadsheet-number", LOST),
    (RESIDENT, 110105194912310021, "spreadsheet-number", LOST),
    (RESIDENT, 440106199909022000.0, "spreadsheet-number", LOST),
    (RESIDENT, 10**15, "spreadsheet-number", LOST),
    (RESIDENT, -(10**15), "spreadsheet-number", LOST),
    (RESIDENT, float("nan"), "spreadsheet-number", LOST),
    (RESIDENT, float("inf"), "spreadsheet-number", LOST),
    (RESIDENT, "110105491231002.0", "fifteen-digits",
     "这是15位的旧身份证号，已停止使用。请填写18位身份证号。"),
    (RESIDENT, 1.5, "length", LENGTH.format(3)),
    (PERMIT, "810000199001010011", "check-digit", CHECK.format("9", "1")),
    (FOREIGNER, "US1110190010112", "length", LENGTH.format(15)),
    (REGISTER, "110105194912310021", "check-digit", CHECK.format("X", "1")),
    (PASSPORT, "1234", "format", SHAPE[PASSPORT]),
    (PASSPORT, "A" * 21, "format", SHAPE[PASSPORT]),
    (PASSPORT, "E1234567号", "format", SHAPE[PASSPORT]),
    (TAIWAN, "1234567", "format", SHAPE[TAIWAN]),
    (TAIWAN, "123456789", "format", SHAPE[TAIWAN]),
    (HONGKONG, "A12345678", "format", SHAPE[HONGKONG]),
    (HONGKONG, "H123456789", "format", SHAPE[HONGKONG]),
    (OFFICER, "军123", "format", SHAPE[OFFICER]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "raw", "code", "message"), REFUSED)
def test_a_wrong_number_is_refused_with_what_to_do(kind, raw, code, message):
    with pytest.raises(InvalidIdentifier) as caught:
        parse_document(kind, raw, today=TODAY)

    assert (caught.value.code, caught.value.message) == (code, message)


def test_three_zeros_with_a_right_check_digit_are_taken_with_a_warning():
    number = next(
        whole(f"320102{year}0101{sequence}00")
        for year in range(1960, 1999)
        for sequence in range(10)
        if whole(f"320102{year}0101{sequence}00").endswith("000")
    )

    document = parse_document(RESIDENT, number, today=TODAY)

    assert document.warnings == ("号码末三位为000，可能是表格把号码变成了数字，请对照证件核对。",)
    assert parse_document(RESIDENT, "11010519491231002X").warnings == ()


def test_without_today_only_a_future_birth_goes_unnoticed():
    number = whole("32010020991231001")

    assert parse_document(RESIDENT, number).number == number


def test_a_document_shows_no_number_in_logs_and_compares_by_kind_and_number():
    document = parse_document(RESIDENT, "11010519491231002x")

    assert "1949" not in repr(document)
    assert document == Document(RESIDENT, "11010519491231002X")
    assert document != Document(REGISTER, "11010519491231002X")


def test_every_kind_has_a_label():
    assert set(DOCUMENT_LABELS) == set(DocumentKind)


def test_facts_are_read_out_of_the_number():
    assert resident_id_facts("11010519491231002X") == (date(1949, 12, 31), Sex.FEMALE, "110105")
    assert resident_id_facts(whole("32058319880229001")).sex is Sex.MALE


FIRST_17 = st.builds(
    lambda area, birth, sequence: f"{area:06}{birth:%Y%m%d}{sequence:03}",
    st.integers(0, 809999),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


@given(FIRST_17)
def test_exactly_one_last_character_is_right_and_the_refusal_names_it(first17):
    right = whole(first17)

    assert parse_document(RESIDENT, right, today=TODAY).number == right
    for last in set("0123456789X") - {right[17]}:
        with pytest.raises(InvalidIdentifier) as caught:
            parse_document(RESIDENT, first17 + last, today=TODAY)
        named = f"应为“{right[17]}”" in caught.value.message
        assert named or (first17 + last).endswith("000")


@given(FIRST_17, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(first17, place, by):
    right = whole(first17)
    digit = str((int(right[place]) + by) % 10)

    with pytest.raises(InvalidIdentifier):
        parse_document(REGISTER, right[:place] + digit + right[place + 1 :], today=TODAY)


@given(st.sampled_from(DocumentKind), st.text() | st.integers() | st.floats())
def test_whatever_comes_is_taken_or_refused_in_a_sentence_that_does_not_repeat_it(kind, raw):
    taken, message = outcome(kind, raw)

    assert message.endswith("。") or taken is not None
    assert len(str(raw)) < 8 or str(raw) not in message
    assert taken is None or outcome(taken.kind, taken.number) == (taken, "")


def outcome(kind: DocumentKind, raw: str | int | float) -> tuple[Document | None, str]:
    try:
        return parse_document(kind, raw, today=TODAY), ""
    except InvalidIdentifier as refusal:
        return None, refusal.message
