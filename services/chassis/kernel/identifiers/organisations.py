"""Unified social credit codes of employers and unions (B.7, GB 32100 and GB 11714)."""

import re
from typing import NamedTuple

from stdnum.cn import uscc

from services.chassis.kernel.identifiers.typed import InvalidIdentifier, read_code

# Not `uscc.validate`: it refuses the lawful letters in front (A 军委, N 农业, Y 其他).
SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
REGISTRARS = frozenset("123456789ANY")
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class Uscc(NamedTuple):
    """A code that was checked, and what is odd about it all the same."""

    value: str
    warnings: tuple[str, ...]


def parse_uscc(raw: str | int | float) -> Uscc:
    """The code in ``raw``; a failing GB 11714 digit inside it is a warning only (B.7, N)."""
    number = read_code(raw).value
    _check_shape(number)
    expected = uscc.calc_check_digit(number[:17])
    if number[17] != expected:
        raise InvalidIdentifier(
            "check-digit",
            f"统一社会信用代码有误：按前17位计算，最后一位应为“{expected}”，现为“{number[17]}”。"
            "请对照证书逐位核对，输错的可能是其中任何一位。",
        )
    return Uscc(number, _inner_warnings(number))


def _check_shape(number: str) -> None:
    if not number:
        raise InvalidIdentifier("missing", "请填写统一社会信用代码。")
    if len(number) != 18:
        raise InvalidIdentifier(
            "length", f"统一社会信用代码应为18位，现为{len(number)}位，请核对是否多填或漏填。"
        )
    if not SHAPE.fullmatch(number):
        raise InvalidIdentifier(
            "characters",
            "统一社会信用代码第3至8位为数字，其余为数字或大写字母，且不使用字母I、O、S、V、Z，"
            "请核对是否应为1、0、5、U、2。",
        )
    if number[0] not in REGISTRARS:
        raise InvalidIdentifier(
            "registrar", "统一社会信用代码第1位应为1至9或A、N、Y（工会为8），请对照证书核对。"
        )


def _inner_warnings(number: str) -> tuple[str, ...]:
    """GB 11714: positions 9 to 16 weighted, modulo 11, written at position 17."""
    total = sum(
        weight * int(character, 36)
        for weight, character in zip(INNER_WEIGHTS, number[8:16], strict=True)
    )
    expected = "0X987654321"[total % 11]
    if number[16] == expected:
        return ()
    return (
        f"第9至17位（组织机构代码）的校验位应为“{expected}”，现为“{number[16]}”，请与证书核对。",
    )
