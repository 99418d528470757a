"""Which documents a person may show, and what their numbers look like (B.7, GA/T 517)."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.chassis.kernel.identifiers.personal import check_personal_number
from services.chassis.kernel.identifiers.typed import InvalidIdentifier, read_code


class DocumentKind(StrEnum):
    """Codes of GA/T 517; the residence permit of 2018 has none there and keeps a word."""

    RESIDENT_ID = "111"
    HOUSEHOLD_REGISTER = "113"
    OFFICER_CARD = "114"
    PASSPORT = "414"
    TAIWAN_PERMIT = "511"
    HONGKONG_MACAO_PERMIT = "516"
    FOREIGNER_CARD = "553"
    RESIDENCE_PERMIT = "residence-permit"


DOCUMENT_LABELS = {
    DocumentKind.RESIDENT_ID: "居民身份证",
    DocumentKind.HOUSEHOLD_REGISTER: "户口簿",
    DocumentKind.OFFICER_CARD: "军官证",
    DocumentKind.PASSPORT: "普通护照",
    DocumentKind.TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    DocumentKind.HONGKONG_MACAO_PERMIT: "港澳居民来往内地通行证",
    DocumentKind.FOREIGNER_CARD: "外国人永久居留身份证",
    DocumentKind.RESIDENCE_PERMIT: "港澳台居民居住证",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was checked; ``number`` stays out of logs and comparisons are by number."""

    kind: DocumentKind
    number: str = field(repr=False)
    changes: tuple[str, ...] = field(default=(), compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the number of a document without a check digit looks like, and how to say so."""

    pattern: re.Pattern[str]
    message: str


SHAPES = {
    DocumentKind.OFFICER_CARD: Shape(
        re.compile(r"[一-龥]{0,6}\d{4,12}号?", re.ASCII),
        "军官证号由部别简称和4至12位数字组成，例如“军字第01234567号”。",
    ),
    DocumentKind.PASSPORT: Shape(
        re.compile(r"[A-Z0-9]{5,20}"), "护照号为5至20位字母或数字，请对照护照资料页核对。"
    ),
    DocumentKind.TAIWAN_PERMIT: Shape(
        re.compile(r"\d{8}|\d{10}|\d{10}[A-Z0-9]", re.ASCII),
        "台湾居民来往大陆通行证号为8位数字（旧证10至11位），请对照证件核对。",
    ),
    DocumentKind.HONGKONG_MACAO_PERMIT: Shape(
        re.compile(r"[HM]\d{8}(?:\d{2})?", re.ASCII),
        "港澳居民来往内地通行证号以H或M开头，后接8位数字（旧证10位），请对照证件核对。",
    ),
}
# The 2017 version of the foreigner's card, still valid beside the one of 2023.
FOREIGNER_2017 = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
DIVISIONS_OF_PERMITS = ("81", "82", "83")
TOLD_BY_NUMBER = frozenset(
    {DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT, DocumentKind.FOREIGNER_CARD}
)


def parse_document(
    kind: DocumentKind, raw: str | int | float, *, today: date | None = None
) -> Document:
    """The document in ``raw``, cleaned and checked, or an InvalidIdentifier (B.7, N).

    Eighteen digits tell their own kind, so a wrong choice from the list is put right and
    recorded. ``today`` is needed to refuse births in the future.
    """
    code = read_code(raw)
    number = code.value
    if not number:
        raise InvalidIdentifier("missing", "请填写证件号码。")
    shape = SHAPES.get(kind)
    if shape is not None:
        if not shape.pattern.fullmatch(number):
            raise InvalidIdentifier("format", shape.message)
        return Document(kind, number, code.changes)
    if kind is DocumentKind.FOREIGNER_CARD and FOREIGNER_2017.fullmatch(number):
        return Document(kind, number, code.changes)
    check_personal_number(number, today)
    told = _kind_told_by(number) if kind in TOLD_BY_NUMBER else kind
    changes = code.changes
    if told is not kind:
        changes = (*changes, f"证件类别由“{DOCUMENT_LABELS[kind]}”改为“{DOCUMENT_LABELS[told]}”")
    return Document(told, number, changes, _suspicions(number))


def _kind_told_by(number: str) -> DocumentKind:
    if number.startswith("9"):
        return DocumentKind.FOREIGNER_CARD
    if number.startswith(DIVISIONS_OF_PERMITS):
        return DocumentKind.RESIDENCE_PERMIT
    return DocumentKind.RESIDENT_ID


def _suspicions(number: str) -> tuple[str, ...]:
    """A right check digit may be luck where a spreadsheet has put three zeros (N, B.7)."""
    if number.endswith("000"):
        return ("号码末三位为000，可能是表格把号码变成了数字，请对照证件核对。",)
    return ()
