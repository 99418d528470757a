"""What is sealed about a person, where it is sealed, and the blind indexes it is found by."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services.chassis.data.sealed import Sealer
from services.chassis.kernel.identifiers import DocumentKind
from services.chassis.kernel.masking import mask_document, mask_mobile
from services.chassis.kernel.names import pinyin
from services.chassis.kernel.text import clean_code
from services.membership.domain.person import Known


@dataclass(frozen=True, slots=True)
class Facts:
    """Personal data that is never stored in the clear (S-12)."""

    document: str
    phone: str = ""
    birth: str = ""
    address: str = ""


def seal_facts(sealer: Sealer, table: str, row_id: UUID, facts: Facts) -> bytes:
    return sealer.seal_json(asdict(facts), f"{table}:{row_id}:facts")


def open_facts(sealer: Sealer, table: str, row_id: UUID, sealed: bytes) -> Facts:
    value: Any = sealer.open_json(sealed, f"{table}:{row_id}:facts")
    return Facts(**value)


def document_key(sealer: Sealer, kind: str, number: str) -> bytes:
    """The register-wide blind index of one document (M-21)."""
    return sealer.blind("document", f"{kind}:{number}")


def document_keys(sealer: Sealer, text: str) -> tuple[bytes, ...]:
    """The indexes of what was typed, if it can be a number: it may be of any kind of document.

    Like all look-ups outside of a transaction, by the coming key too while keys change.
    """
    number = clean_code(text).value
    if len(number) < 5 or not any(c.isdigit() for c in number):
        return ()
    return tuple(
        key for kind in DocumentKind for key in sealer.blinds("document", f"{kind}:{number}")
    )


def phone_key(sealer: Sealer, phone: str) -> bytes | None:
    return sealer.blind("phone", phone) if phone else None


def phone_keys(sealer: Sealer, phone: str) -> tuple[bytes, ...]:
    """By which a phone is looked up."""
    return sealer.blinds("phone", phone)


def tail_keys(sealer: Sealer, tail: str) -> tuple[bytes, ...]:
    """By which the last four digits are looked up."""
    return sealer.blinds("phone-tail", tail)


def phone_tail(sealer: Sealer, phone: str) -> bytes | None:
    """The last four digits, by a key of their own and searched only inside a scope."""
    return sealer.blind("phone-tail", phone[-4:]) if phone else None


def person_columns(sealer: Sealer, table: str, row_id: UUID, known: Known) -> dict[str, Any]:
    """The columns that people and applications share: sealed, masked and searchable."""
    full, initials = pinyin(known.name)
    document, birth = known.document, known.birth
    facts = Facts(document.number, known.phone, birth.isoformat() if birth else "", known.address)
    return {
        "name": known.name,
        "pinyin": full,
        "initials": initials,
        "document_kind": str(document.kind),
        "document_masked": mask_document(document.number),
        "phone_masked": mask_mobile(known.phone) if known.phone else "",
        "phone_key": phone_key(sealer, known.phone),
        "phone_tail": phone_tail(sealer, known.phone),
        "facts": seal_facts(sealer, table, row_id, facts),
        "sex": known.sex,
        "birth_year": birth.year if birth else None,
        "birth_month": birth.month if birth else None,
    }
