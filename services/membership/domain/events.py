"""What membership tells the other services; topics and field names are public API."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.chassis.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionFounded(Event):
    topic: ClassVar[str] = "membership.union.founded"

    path: str
    name: str
    parent: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionChanged(Event):
    topic: ClassVar[str] = "membership.union.changed"

    path: str
    name: str
    parent: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdmitted(Event):
    topic: ClassVar[str] = "membership.member.admitted"

    person_id: UUID
    union_id: UUID
    union_path: str
    application_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationDecided(Event):
    topic: ClassVar[str] = "membership.application.decided"

    outcome: str
    union_id: UUID
    applicant_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchApplied(Event):
    """Up to a thousand admissions or refusals in one go, so that hearers are told once."""

    topic: ClassVar[str] = "membership.batch.applied"

    outcome: str
    application_ids: list[UUID]
    membership_ids: list[UUID]
    person_ids: list[UUID]


# Which other parts hear which fact; routes and the worker tell the same ones.
TELLS: dict[str, tuple[str, ...]] = {
    UnionFounded.topic: ("identity",),
    UnionChanged.topic: ("identity",),
}
