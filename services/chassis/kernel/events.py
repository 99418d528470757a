"""The shape of everything the services tell each other, and other systems."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A past-tense fact about ``subject``; subclasses name the topic and add ids, never names.

    Field values are strings, numbers, booleans, dates, UUIDs or lists of them. ``link`` is where
    somebody outside reads what it is about, below ``/v1`` of the service.
    """

    topic: ClassVar[str]
    link: ClassVar[str] = ""
    subject: UUID

    @property
    def union(self) -> UUID | None:
        """Whose fact it is; other systems hear only of unions at or below their own."""
        found: UUID | None = getattr(self, "union_id", None)
        return found

    @property
    def address(self) -> str:
        """``link`` with the subject filled in."""
        return self.link.replace("{subject}", str(self.subject))
