"""Numbers that name people, organisations, phones and accounts: read, checked, explained (B.7)."""

from services.chassis.kernel.identifiers.contacts import (
    check_bank_card,
    check_mobile,
    parse_bank_card,
    parse_mobile,
)
from services.chassis.kernel.identifiers.documents import (
    DOCUMENT_LABELS,
    Document,
    DocumentKind,
    parse_document,
)
from services.chassis.kernel.identifiers.organisations import Uscc, parse_uscc
from services.chassis.kernel.identifiers.personal import (
    ResidentFacts,
    Sex,
    resident_id_facts,
)
from services.chassis.kernel.identifiers.typed import InvalidIdentifier

__all__ = [
    "DOCUMENT_LABELS",
    "Document",
    "DocumentKind",
    "InvalidIdentifier",
    "ResidentFacts",
    "Sex",
    "Uscc",
    "check_bank_card",
    "check_mobile",
    "parse_bank_card",
    "parse_document",
    "parse_mobile",
    "parse_uscc",
    "resident_id_facts",
]
