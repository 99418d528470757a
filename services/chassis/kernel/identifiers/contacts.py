"""Mobile numbers and bank cards (B.7)."""

import re

from stdnum import luhn

from services.chassis.kernel.identifiers.typed import InvalidIdentifier, read_code
from services.chassis.kernel.text import Cleaned

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
COUNTRY = re.compile(r"(?:\(?(?:\+|00)86\)?|86(?=1\d{10}$))", re.ASCII)
LANDLINE = re.compile(r"0\d{9,11}|[2-8]\d{6,7}|400\d{7}", re.ASCII)
BANK_CARD = re.compile(r"\d{16,19}", re.ASCII)


def parse_mobile(raw: str | int | float) -> str:
    """The mobile number in ``raw`` (B.7)."""
    return check_mobile(raw).value


def check_mobile(raw: str | int | float) -> Cleaned:
    """The same with what was changed; no list of prefixes, since new ones are opened (B.7)."""
    code = read_code(raw)
    prefix = COUNTRY.match(code.value)
    if prefix:
        code = Cleaned(code.value[prefix.end() :], (*code.changes, "去除国家代码86"))
    if not code.value:
        raise InvalidIdentifier("missing", "请填写手机号码。")
    if LANDLINE.fullmatch(code.value):
        raise InvalidIdentifier("landline", "这是固定电话，请填写11位手机号码。")
    if not MOBILE.fullmatch(code.value):
        raise InvalidIdentifier(
            "mobile", f"手机号码应为11位数字、以13至19开头，现为{len(code.value)}位，请核对。"
        )
    return code


def parse_bank_card(raw: str | int | float) -> str:
    """The bank card number in ``raw`` (B.7)."""
    return check_bank_card(raw).value


def check_bank_card(raw: str | int | float) -> Cleaned:
    """The same with what was changed: 16 to 19 digits that pass Luhn (B.7)."""
    code = read_code(raw)
    if not code.value:
        raise InvalidIdentifier("missing", "请填写银行卡号。")
    if not BANK_CARD.fullmatch(code.value):
        raise InvalidIdentifier(
            "bank-card", f"银行卡号应为16至19位数字，现为{len(code.value)}位，请对照卡面核对。"
        )
    expected = luhn.calc_check_digit(code.value[:-1])
    if code.value[-1] != expected:
        raise InvalidIdentifier(
            "check-digit",
            f"银行卡号有误：按前面各位计算，最后一位应为“{expected}”，现为“{code.value[-1]}”。"
            "请对照卡面逐位核对。",
        )
    return code
