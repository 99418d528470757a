"""Which consents an application needs, and whether they were given (S-02, S-03, S-04, S-16)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.membership.domain.ages import age_on

GUARDIAN_BELOW = 14


@dataclass(frozen=True, slots=True)
class Text:
    """One version of a consent text, as far as the rules care."""

    id: UUID
    purpose: str
    version: str
    title: str
    is_required: bool
    valid_from: date
    valid_to: date | None = None


def in_force(texts: Iterable[Text], on: date) -> dict[str, Text]:
    """For each purpose the newest text that holds on the day."""
    found: dict[str, Text] = {}
    for text in sorted(texts, key=lambda text: (text.valid_from, text.version)):
        if text.valid_from <= on and (text.valid_to is None or on <= text.valid_to):
            found[text.purpose] = text
    return found


def missing(texts: Iterable[Text], given: Iterable[UUID], on: date) -> list[Text]:
    """Required texts in force that were not agreed to; each purpose on its own (S-02)."""
    agreed = set(given)
    return [t for t in in_force(texts, on).values() if t.is_required and t.id not in agreed]


def needs_guardian(birth: date | None, on: date) -> bool:
    """A child under fourteen is agreed for by a parent or guardian (S-02)."""
    return birth is not None and age_on(birth, on) < GUARDIAN_BELOW
