"""What membership tells the other services; topics and field names are public API."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.chassis.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionFounded(Event):
    """A union was entered below another."""

    topic: ClassVar[str] = "membership.union.founded"
    link: ClassVar[str] = "/unions/{subject}"

    path: str
    name: str
    parent: UUID | None

    @property
    def union(self) -> UUID:
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionChanged(Event):
    """The facts of a union were corrected."""

    topic: ClassVar[str] = "membership.union.changed"
    link: ClassVar[str] = "/unions/{subject}"

    path: str
    name: str
    parent: UUID | None

    @property
    def union(self) -> UUID:
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdmitted(Event):
    """Somebody became a member; the subject is the membership."""

    topic: ClassVar[str] = "membership.member.admitted"
    link: ClassVar[str] = "/members/{subject}"

    person_id: UUID
    union_id: UUID
    union_path: str
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationDecided(Event):
    """An application was admitted or refused."""

    topic: ClassVar[str] = "membership.application.decided"
    link: ClassVar[str] = "/applications/{subject}"

    outcome: str
    union_id: UUID
    applicant_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchApplied(Event):
    """Up to a thousand admissions or refusals of one union at once, so that all are told once."""

    topic: ClassVar[str] = "membership.batch.applied"
    link: ClassVar[str] = "/applications/changes"

    outcome: str
    union_id: UUID
    application_ids: list[UUID]
    membership_ids: list[UUID]
    person_ids: list[UUID]


# What other systems may ask to be told.
EVENTS = (UnionFounded, UnionChanged, MemberAdmitted, ApplicationDecided, BatchApplied)

# Which other parts hear which fact; routes and the worker tell the same ones.
TELLS: dict[str, tuple[str, ...]] = {
    UnionFounded.topic: ("identity",),
    UnionChanged.topic: ("identity",),
}
