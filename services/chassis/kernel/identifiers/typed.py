"""What a person typed or a spreadsheet made of it, as the code that is then checked (B.7)."""

import re
from decimal import Decimal

from services.chassis.kernel.text import Cleaned, Invalid, clean_code

# A spreadsheet keeps fifteen digits of a number and shows more than eleven in powers of ten.
EXACT_DIGITS = 15
POWER_OF_TEN = re.compile(r"\d\.\d+E\+?\d{1,2}|\dE\+\d{1,2}", re.ASCII)
DECIMAL_DIGITS = re.compile(r"(\d+)\.0+", re.ASCII)
AS_NUMBER = "数字格式改为文本"


class InvalidIdentifier(Invalid):
    """A number that cannot be what it is said to be."""


def lost_digits() -> InvalidIdentifier:
    """An id that was turned into a number is wrong whatever its check digit says (B.7, N)."""
    return InvalidIdentifier(
        "spreadsheet-number",
        "表格把号码变成了数字，第15位以后已经丢失。请先把该列设为“文本”格式，再按原件重新填写。",
    )


def read_code(raw: str | int | float) -> Cleaned:
    """The code in ``raw``; refuses numbers that no longer hold all of their digits (B.7, N)."""
    if not isinstance(raw, str):
        return _from_number(raw)
    code = clean_code(raw)
    if POWER_OF_TEN.fullmatch(code.value):
        raise lost_digits()
    digits = DECIMAL_DIGITS.fullmatch(code.value)
    if digits is None:
        return code
    if len(digits[1]) > EXACT_DIGITS:
        raise lost_digits()
    return Cleaned(digits[1], (*code.changes, AS_NUMBER))


def _from_number(raw: int | float) -> Cleaned:
    exact = Decimal(raw)
    if not exact.is_finite() or abs(exact) >= 10**EXACT_DIGITS:
        raise lost_digits()
    whole = exact == exact.to_integral_value()
    return Cleaned(f"{exact:.0f}" if whole else f"{exact}", (AS_NUMBER,))
