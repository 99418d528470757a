"""Masks as settled (S-13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.masking import (
    mask_address,
    mask_bank_card,
    mask_document,
    mask_mobile,
    mask_name,
)

NAMES = [
    ("张三", "张*"), ("张小三", "张**"), ("欧阳娜娜", "欧阳**"), ("欧阳", "欧*"), ("王", "*"),
    ("", ""), (" 张三 ", "张*"), ("阿凡·提江山", "阿*·***"), ("买买提·艾力", "买**·**"),
    ("买买提·艾力·吐尔逊江", "买**·**·**"), ("古丽巴哈尔买买提·江", "古******"),
    ("·艾力", "**"), ("阿·提", "阿·*"), ("John", "J***"), ("John Smith", "J******"),
    ("Li Ming", "L*****"), ("Öz", "Ö*"), ("张abcdefgh", "张******"), ("A", "*"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "mask"), NAMES)
def test_mask_name_keeps_the_surname(name, mask):
    assert mask_name(name) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("320102199001011234", "320***********1234"),
        ("32010219900101123X", "320***********123X"),
        ("USA110190010112", "USA********0112"),
        ("ABCDE123456789", "A**********789"),
        ("H123456789", "H******789"),
        ("E12345678", "E******78"),
        ("12345678", "1*****78"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_mask_document_shows_less_of_shorter_numbers(number, mask):
    assert mask_document(number) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("13812341234", "138****1234"),
        ("051288888888", "051*****8888"),
        ("8888888", "*****88"),
        ("888888", "******"),
        ("", ""),
    ],
)
def test_mask_mobile_hides_the_middle(number, mask):
    assert mask_mobile(number) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("6222021234567890123", "**** **** **** 0123"),
        ("6222021234561234", "**** **** **** 1234"),
        ("622202123456", "**** **** **** 3456"),
        ("62220212345", "**** **** **** ****"),
        ("", "**** **** **** ****"),
    ],
)
def test_mask_bank_card_shows_the_last_four(number, mask):
    assert mask_bank_card(number) == mask


ADDRESSES = [
    ("江苏省苏州市吴中区木渎镇金山路12号3幢402室", "江苏省苏州市吴中区木渎镇****"),
    ("江苏省镇江市丹徒区高桥镇幸福路1号", "江苏省镇江市丹徒区高桥镇****"),
    ("河南省新乡市红旗区渠东街道平原路9号", "河南省新乡市红旗区渠东街道****"),
    ("内蒙古自治区锡林郭勒盟东乌珠穆沁旗额吉淖尔镇1号",
     "内蒙古自治区锡林郭勒盟东乌珠穆沁旗额吉淖尔镇****"),
    ("北京市朝阳区建国路88号", "北京市朝阳区****"),
    ("张家港市杨舍镇农联村", "张家港市杨舍镇****"),
    ("木渎镇金山路幸福小区3幢", "木渎镇****"),
    ("金山路12号", "****"),
    ("幸福小区3幢", "****"),
    ("和平社区5号", "****"),
    ("幸福村3组", "****"),
    ("3号楼木渎镇", "****"),
    ("江苏省昆山市花桥镇", "江苏省昆山市花桥镇"),
    ("苏州市吴中区", "苏州市吴中区"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("address", "mask"), ADDRESSES)
def test_mask_address_ends_at_the_township(address, mask):
    assert mask_address(address) == mask


DIGITS = st.text("0123456789", max_size=24)


@given(DIGITS)
def test_masks_of_numbers_hide_at_least_as_much_as_settled(number):
    for mask, most in ((mask_document, 7), (mask_mobile, 7)):
        shown = mask(number)
        assert len(shown) == len(number)
        assert sum(character != "*" for character in shown) <= most
        assert all(a in ("*", b) for a, b in zip(shown, number, strict=True))


@given(st.text("0123456789", min_size=8, max_size=24), st.text("0123456789", min_size=8))
def test_a_mask_does_not_depend_on_what_it_hides(number, other):
    for mask in (mask_document, mask_mobile):
        shown = mask(number)
        refilled = "".join(
            other[place % len(other)] if character == "*" else character
            for place, character in enumerate(shown)
        )
        assert mask(refilled) == shown
    assert set(mask_bank_card(number)[:-4]) == {"*", " "}


@given(st.text(max_size=12), st.text("0123456789", min_size=1), st.text(max_size=12))
def test_the_mask_of_an_address_never_shows_a_house(before, digits, after):
    shown = mask_address(before + digits + after)

    assert not set(shown.removeprefix(before)) & set("0123456789")
    assert not any(character in "0123456789" for character in shown)


@given(st.text(st.characters(categories=["Lo", "Lu", "Ll"]) | st.just("·"), max_size=30))
def test_the_mask_of_a_name_has_at_most_six_stars(name):
    shown = mask_name(name)

    assert shown.count("*") <= 6
    assert len(shown.replace("*", "").replace("·", "")) <= 2
    assert len(name) < 2 or len(set(name)) < 2 or shown != name
