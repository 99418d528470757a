"""Names cleaned, split and spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from deploy import seed_pinyin
from services.chassis.kernel.names import clean_name, pinyin, surname
from services.chassis.kernel.surnames import COMPOUND_READINGS, READINGS
from services.chassis.kernel.text import Cleaned

SPELT = [
    ("张三", "zhangsan", "zs"),
    ("单雄信", "shanxiongxin", "sxx"),
    ("曾国藩", "zengguofan", "zgf"),
    ("仇英", "qiuying", "qy"),
    ("解缙", "xiejin", "xj"),
    ("朴志成", "piaozhicheng", "pzc"),
    ("区寄", "ouji", "oj"),
    ("查良镛", "zhaliangyong", "zly"),
    ("盖文", "gewen", "gw"),
    ("缪小明", "miaoxiaoming", "mxm"),
    ("翟天", "zhaitian", "zt"),
    ("乐毅", "yueyi", "yy"),
    ("尉迟恭", "yuchigong", "ycg"),
    ("万俟卨", "moqixie", "mqx"),
    ("单于飞", "chanyufei", "cyf"),
    ("欧阳娜娜", "ouyangnana", "oynn"),
    ("欧阳", "ouyang", "oy"),
    ("曾", "zeng", "z"),
    ("王重庆", "wangchongqing", "wcq"),  # a phrase within the name
    ("王单", "wangdan", "wd"),  # a surname's reading belongs in front only
    ("吕布", "lvbu", "lb"),
    ("阿凡·提江山", "afantijiangshan", "aftjs"),
    ("查理·单", "chalidan", "cld"),  # in several parts: no surname in front
    ("John Smith", "johnsmith", "js"),
    ("Li Ming", "liming", "lm"),
    ("王A", "wanga", "wa"),
    ("王〇?", "wangling", "wl"),
    ("", "", ""),
    ("??", "", ""),
]


@pytest.mark.parametrize(("name", "full", "initials"), SPELT)
def test_pinyin_spells_names_as_they_are_typed(name, full, initials):
    assert pinyin(name) == (full, initials)


@pytest.mark.parametrize(("family", "read"), list(READINGS.items()))
def test_every_listed_surname_is_read_so_and_needs_its_line(family, read):
    assert pinyin(f"{family}伟") == (f"{read}wei", f"{read[0]}w")
    assert lazy_pinyin(family) != [read]


@pytest.mark.parametrize(("family", "read"), list(COMPOUND_READINGS.items()))
def test_every_compound_surname_is_kept_together(family, read):
    assert surname(f"{family}伟") == family
    assert pinyin(f"{family}伟")[0] == read.replace(" ", "") + "wei"


@pytest.mark.parametrize(
    ("name", "family"),
    [("张三", "张"), ("欧阳修", "欧阳"), ("欧阳", "欧"), ("司马", "司"), ("王", "王"), ("", "")],
)
def test_surname_takes_two_characters_only_when_a_given_name_follows(name, family):
    assert surname(name) == family


@given(st.text(st.sampled_from("重庆单曾大长江行乐建国伟芳阳"), min_size=1, max_size=2))
def test_given_names_are_spelt_as_the_dictionary_spells_them(given_name):
    assert pinyin(f"张{given_name}")[0] == "zhang" + "".join(lazy_pinyin(given_name))


@given(st.text(max_size=8))
def test_spellings_hold_small_letters_and_digits_only(name):
    full, initials = pinyin(name)

    assert set(full + initials) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert len(initials) <= len(full)


GAPS, DOTS, SPACES = "去除姓名中间的空格", "间隔号统一为“·”", "去除多余空格"
CLEANED = [
    ("张三", "张三", ()),
    ("张 三", "张三", (GAPS,)),
    ("张　小 三", "张小三", ("全角字符改为半角", GAPS)),
    (" 张三 ", "张三", (SPACES,)),
    ("John Smith", "John Smith", ()),
    ("张 Smith", "张 Smith", ()),
    *((f"买买提{dot}艾力", "买买提·艾力", (DOTS,)) for dot in "•‧∙⋅・･．"),
    ("买买提 · 艾力", "买买提·艾力", (DOTS,)),
    ("买买提·艾力", "买买提·艾力", ()),
    ("𠮷 田", "𠮷田", (GAPS,)),
]


@pytest.mark.parametrize(("raw", "value", "changes"), CLEANED)
def test_clean_name_closes_gaps_and_unifies_dots(raw, value, changes):
    assert clean_name(raw) == Cleaned(value, changes)


@given(st.text(st.sampled_from("张三 　·•.．aB\u200b\u0301") | st.characters(), max_size=10))
def test_cleaning_a_name_twice_changes_nothing_more(raw):
    once = clean_name(raw).value

    assert clean_name(once) == Cleaned(once)


def test_the_shipped_readings_are_those_of_the_dictionary():
    assert seed_pinyin.TARGET.read_text(encoding="utf8") == seed_pinyin.text()
