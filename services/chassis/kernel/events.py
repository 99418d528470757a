"""The shape of everything the services tell each other."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A past-tense fact about ``subject``; subclasses name the topic and add ids, never names.

    Field values are strings, numbers, booleans, dates, UUIDs or lists of them.
    """

    topic: ClassVar[str]
    subject: UUID
