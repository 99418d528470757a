"""What a number says as it is typed: who it could be, or what is wrong with it."""

from dataclasses import dataclass
from datetime import date

from services.chassis.kernel.identifiers import (
    DocumentKind,
    InvalidIdentifier,
    parse_document,
    parse_mobile,
    resident_id_facts,
)

_SEX = {"1": "男", "2": "女"}


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer beside the field; nothing while nothing is typed."""

    error: str = ""
    told: str = ""


def check_document(kind: str, raw: str, today: date) -> Checked:
    """An id number gives birth date and sex, so that nobody types them (rulebook I)."""
    if not raw.strip():
        return Checked()
    try:
        document = parse_document(DocumentKind(kind or "111"), raw, today=today)
    except InvalidIdentifier as error:
        return Checked(error=error.message)
    except ValueError:
        return Checked(error="请先选择证件类型。")
    if len(document.number) != 18:
        return Checked(told="格式正确")
    try:
        facts = resident_id_facts(document.number)
    except InvalidIdentifier:
        return Checked(told="格式正确")
    birth = facts.birth
    sex = _SEX.get(str(facts.sex), "")
    return Checked(told=f"{sex}，{birth.year}年{birth.month}月{birth.day}日出生")


def check_phone(raw: str) -> Checked:
    """Whether it can be a mobile number."""
    if not raw.strip():
        return Checked()
    try:
        parse_mobile(raw)
    except InvalidIdentifier as error:
        return Checked(error=error.message)
    return Checked(told="格式正确")
