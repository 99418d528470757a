"""Money is Decimal yuan; nothing here knows a float."""

import re
from decimal import ROUND_HALF_UP, Decimal

from services.chassis.kernel.text import FULL_WIDTH, Invalid, clean

FEN = Decimal("0.01")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
PLAIN = re.compile(r"\d{1,12}(?:\.\d+)?", re.ASCII)


class InvalidMoney(Invalid):
    """An amount that cannot be read without guessing."""


def yuan(amount: Decimal) -> str:
    """The amount with two decimals as it is shown and sent (N, C-07: rounded only here)."""
    return f"{amount.quantize(FEN, ROUND_HALF_UP):f}"


def parse_yuan(raw: str) -> Decimal:
    """An amount as people write it: 1200, １２００.５, ¥1,200.50, 1200元."""
    value = clean(raw).value.translate(FULL_WIDTH)
    value = value.removeprefix("¥").removeprefix("￥").removesuffix("元").strip()
    if not value:
        raise InvalidMoney("missing", "请填写金额。")
    if value.startswith(("-", "−")):
        raise InvalidMoney("negative", "金额不能为负数，请填写大于或等于0的数。")
    if GROUPED.fullmatch(value):
        value = value.replace(",", "")
    if not PLAIN.fullmatch(value):
        raise InvalidMoney("not-a-number", "请填写金额数字，最多12位整数，例如 1200.50。")
    if len(value.partition(".")[2]) > 2:
        raise InvalidMoney("too-precise", "金额最多保留两位小数（到分）。")
    return Decimal(value).quantize(FEN)
