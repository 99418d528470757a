"""What somebody says about a person, cleaned and checked: name, document, phone, birth (B.7)."""

from dataclasses import dataclass
from datetime import date

from services.chassis.kernel.identifiers import (
    Document,
    DocumentKind,
    InvalidIdentifier,
    parse_document,
    parse_mobile,
    resident_id_facts,
)
from services.chassis.kernel.names import clean_name
from services.chassis.kernel.refusals import FieldError
from services.chassis.kernel.text import Invalid, accept_text
from services.membership.domain.ages import is_too_young

LONGEST_NAME = 50
LONGEST_ADDRESS = 200
UNKNOWN_SEX = "0"
SELF_TELLING = frozenset(
    {DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT, DocumentKind.FOREIGNER_CARD}
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A person as typed."""

    name: str
    document_kind: str
    document_number: str
    phone: str = ""
    sex: str = ""
    birth: date | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A person whose facts passed the checks."""

    name: str
    document: Document
    phone: str
    sex: str
    birth: date | None
    address: str


def check(stated: Stated, today: date, minimum_age: int) -> tuple[Known | None, list[FieldError]]:
    """The checked person, or everything that is wrong, each at its field (B.7, M-01)."""
    faults: list[FieldError] = []
    name = _name(stated.name, faults)
    document = _document(stated, today, faults)
    phone = _phone(stated.phone, faults)
    address = _text(stated.address, faults)
    if document is None or faults:
        return None, faults
    sex, birth = _told(document, stated)
    if birth is not None and is_too_young(birth, today, minimum_age):
        message = f"未满 {minimum_age} 周岁，不能入会（劳动法规定的最低就业年龄）。"
        return None, [FieldError("/person/document/number", "too-young", message)]
    return Known(name, document, phone, sex, birth, address), []


def _name(raw: str, faults: list[FieldError]) -> str:
    try:
        name = accept_text(clean_name(raw).value, LONGEST_NAME)
    except Invalid as error:
        faults.append(error.at("/person/name"))
        return ""
    if not name:
        faults.append(FieldError("/person/name", "missing", "请填写姓名。"))
    elif any(character.isdigit() for character in name):
        faults.append(FieldError("/person/name", "digits", "姓名中不应有数字，请核对。"))
    return name


def _document(stated: Stated, today: date, faults: list[FieldError]) -> Document | None:
    try:
        kind = DocumentKind(stated.document_kind)
    except ValueError:
        known = "请从列表中选择证件类型。"
        faults.append(FieldError("/person/document/kind", "enum", known))
        return None
    try:
        return parse_document(kind, stated.document_number, today=today)
    except InvalidIdentifier as error:
        faults.append(error.at("/person/document/number"))
        return None


def _phone(raw: str, faults: list[FieldError]) -> str:
    try:
        return parse_mobile(raw) if raw.strip() else ""
    except InvalidIdentifier as error:
        faults.append(error.at("/person/phone"))
        return ""


def _text(raw: str, faults: list[FieldError]) -> str:
    try:
        return accept_text(raw.strip(), LONGEST_ADDRESS)
    except Invalid as error:
        faults.append(error.at("/person/address"))
        return ""


def _told(document: Document, stated: Stated) -> tuple[str, date | None]:
    """A number of eighteen digits tells sex and birth itself; others are believed."""
    if document.kind in SELF_TELLING and len(document.number) == 18:
        facts = resident_id_facts(document.number)
        return str(facts.sex), facts.birth
    return stated.sex or UNKNOWN_SEX, stated.birth
