"""Cleaning and refusing of typed text (B.7, N)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.refusals import FieldError
from services.chassis.kernel.text import (
    Cleaned,
    InvalidText,
    accept_text,
    clean,
    clean_code,
)

INVISIBLE, WIDE = "去除不可见字符", "全角字符改为半角"
SPACES, CODE_SPACES = "去除多余空格", "去除空格和分隔符"
LOOKS_LIKE_X, CAPITALS = "形似字符改为字母X", "小写字母改为大写"

LINES = [
    ("张三", "张三", ()),
    ("  张三\t", "张三", (SPACES,)),
    ("张\u200b三\ufeff", "张三", (INVISIBLE,)),
    ("ＡＢＣ１２３", "ABC123", (WIDE,)),
    ("幸福路，９号", "幸福路，9号", (WIDE,)),  # Chinese punctuation stays as it is written
    ("（一）！～", "（一）！～", ()),
    ("a \u3000 b", "a b", (WIDE, SPACES)),
    ("John  Smith", "John Smith", (SPACES,)),
    ("e\u0301", "é", ()),
    ("\u202e张\u200d 三 ９", "张 三 9", (INVISIBLE, WIDE)),
    ("", "", ()),
]


@pytest.mark.parametrize(("raw", "value", "changes"), LINES)
def test_clean_tidies_a_line_and_tells_what_it_did(raw, value, changes):
    assert clean(raw) == Cleaned(value, changes)


CODES = [
    ("11010519491231002X", "11010519491231002X", ()),
    ("１１０", "110", (WIDE,)),
    (" 110 105 ", "110105", (CODE_SPACES,)),
    ("'110105", "110105", (CODE_SPACES,)),
    ("’110‘1`0", "11010", (CODE_SPACES,)),
    ("6222-0212—3456–7", "6222021234567", (CODE_SPACES,)),
    ("1\u200b1", "11", (INVISIBLE,)),
    ("1x", "1X", (CAPITALS,)),
    ("ab9z", "AB9Z", (CAPITALS,)),
    *((f"1{like}", "1X", (LOOKS_LIKE_X,)) for like in "ХхΧχ×✕✖Ⅹⅹ"),
    ("！～", "!~", (WIDE,)),
    ("　ｘ　", "X", (WIDE, CODE_SPACES, CAPITALS)),
    ("ß", "ß", ()),
]


@pytest.mark.parametrize(("raw", "value", "changes"), CODES)
def test_clean_code_makes_a_code_of_it_and_tells_what_it_did(raw, value, changes):
    assert clean_code(raw) == Cleaned(value, changes)


MESSY = st.text(
    st.sampled_from("aXx1９Ａ　 \u200b\ufeff\u0301'-－，张三Хéｅ\t\n") | st.characters()
)


@given(MESSY)
def test_cleaning_twice_changes_nothing_more(raw):
    for cleaning in (clean, clean_code):
        once = cleaning(raw)
        assert cleaning(once.value) == Cleaned(once.value)


@given(MESSY)
def test_codes_hold_no_spaces_no_dashes_and_no_small_letters(raw):
    value = clean_code(raw).value

    assert not any(character.isspace() for character in value)
    assert not set(value) & set("-'abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("raw", "position"), [("a\x00", 2), ("\ud800", 1), ("ab\x1f", 3), ("\x7f", 1), ("\x85", 1)]
)
@pytest.mark.parametrize("lines", [False, True])
def test_accept_text_refuses_what_no_database_or_page_can_hold(raw, position, lines):
    with pytest.raises(InvalidText) as caught:
        accept_text(raw, 10, lines=lines)

    assert caught.value.code == "unprintable"
    message = f"第{position}个字符无法显示（控制字符），请删除后重新填写。"
    assert caught.value.message == str(caught.value) == message


@pytest.mark.parametrize("raw", ["a\nb", "a\tb", "\r\n"])
def test_accept_text_takes_line_breaks_only_where_lines_are_asked_for(raw):
    assert accept_text(raw, 3, lines=True) == raw.replace("\r\n", "\n")
    with pytest.raises(InvalidText):
        accept_text(raw, 3)


def test_accept_text_composes_and_counts_what_is_kept():
    assert accept_text("e\u0301𠮷", 2) == "é𠮷"
    with pytest.raises(InvalidText) as caught:
        accept_text("王小明", 2)
    assert caught.value.code == "too-long"
    assert caught.value.message == "最多填写2个字，现有3个，请缩短。"


def test_an_invalid_value_can_be_said_of_a_field():
    assert InvalidText("too-long", "太长。").at("/name") == FieldError(
        "/name", "too-long", "太长。"
    )


@given(st.text())
def test_accepted_text_is_accepted_unchanged_again(raw):
    try:
        text = accept_text(raw, 1000, lines=True)
    except InvalidText:
        return
    assert accept_text(text, 1000, lines=True) == text
    text.encode()
