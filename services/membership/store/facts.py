"""What is sealed about a person, where it is sealed, and the blind indexes it is found by."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services.chassis.data.sealed import Sealer


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


def phone_key(sealer: Sealer, phone: str) -> bytes | None:
    return sealer.blind("phone", phone) if phone else None


def phone_tail(sealer: Sealer, phone: str) -> bytes | None:
    """The last four digits, by a key of their own and searched only inside a scope."""
    return sealer.blind("phone-tail", phone[-4:]) if phone else None
