"""Eighteen-digit personal numbers: resident ids, residence permits, foreigners' cards (B.7)."""

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from stdnum.iso7064 import mod_11_2

from services.chassis.kernel.identifiers.typed import InvalidIdentifier, lost_digits

FIRST_BIRTH = date(1900, 1, 1)
SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
FIFTEEN = re.compile(r"\d{15}", re.ASCII)


class Sex(StrEnum):
    """GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


class ResidentFacts(NamedTuple):
    """What an 18-digit number says about its holder; the division may since be abolished."""

    birth: date
    sex: Sex
    division: str


def resident_id_facts(number: str) -> ResidentFacts:
    """Birth, sex and division out of a number that was checked (B.7, GB 11643)."""
    birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return ResidentFacts(birth, sex, number[:6])


def check_personal_number(number: str, today: date | None) -> None:
    """Refuse a number that breaks GB 11643; an unknown division is no reason (B.7, S1).

    Without ``today`` only a birth in the future goes unnoticed.
    """
    _check_shape(number)
    _check_birth(number, today)
    expected = mod_11_2.calc_check_digit(number[:17])
    if number[17] == expected:
        return
    if number.endswith("000"):
        raise lost_digits()
    raise InvalidIdentifier(
        "check-digit",
        f"号码有误：按前17位计算，最后一位应为“{expected}”，现为“{number[17]}”。"
        "请对照证件逐位核对，输错的可能是其中任何一位。",
    )


def _check_shape(number: str) -> None:
    if FIFTEEN.fullmatch(number):
        raise InvalidIdentifier(
            "fifteen-digits", "这是15位的旧身份证号，已停止使用。请填写18位身份证号。"
        )
    if len(number) != 18:
        raise InvalidIdentifier(
            "length", f"号码应为18位，现为{len(number)}位，请核对是否多填或漏填。"
        )
    if not SHAPE.fullmatch(number):
        raise InvalidIdentifier(
            "characters",
            "号码的前17位只能是数字，最后一位是数字或X，请核对（字母O应为0，字母I应为1）。",
        )


def _check_birth(number: str, today: date | None) -> None:
    try:
        birth = resident_id_facts(number).birth
    except ValueError:
        birth = date.min
    if birth < FIRST_BIRTH:
        raise InvalidIdentifier("birth-date", "号码第7至14位不是有效的出生日期，请对照证件核对。")
    if today is not None and birth > today:
        raise InvalidIdentifier(
            "birth-in-future", "号码第7至14位的出生日期在今天之后，请对照证件核对。"
        )
