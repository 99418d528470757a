"""What somebody is today at the union for which they act (J: a grant reaches downward)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.chassis.kernel.actors import Role


@dataclass(frozen=True, slots=True)
class GrantAt:
    """A grant together with where its union stands in the tree."""

    role: Role
    union_id: UUID
    path: str
    name: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The acting union and every role that reaches it."""

    union_id: UUID | None
    path: str
    name: str
    roles: frozenset[Role]


NOWHERE = Standing(None, "", "", frozenset())


def is_valid(expires_on: date | None, today: date) -> bool:
    """A grant is good through its last day."""
    return expires_on is None or today <= expires_on


def standing(grants: Sequence[GrantAt], acting: UUID | None, today: date) -> Standing:
    """The wished union if something is granted there today, else the highest one, else nowhere."""
    valid = [grant for grant in grants if is_valid(grant.expires_on, today)]
    if not valid:
        return NOWHERE
    chosen = next((grant for grant in valid if grant.union_id == acting), None)
    place = chosen or min(valid, key=lambda grant: (len(grant.path), grant.path))
    roles = frozenset(grant.role for grant in valid if place.path.startswith(grant.path))
    return Standing(place.union_id, place.path, place.name, roles)


def places(grants: Sequence[GrantAt], today: date) -> list[Standing]:
    """Every union for which the person may act today, highest first."""
    valid = (grant for grant in grants if is_valid(grant.expires_on, today))
    ordered = sorted(valid, key=lambda grant: (len(grant.path), grant.name))
    ids = dict.fromkeys(grant.union_id for grant in ordered)
    return [standing(grants, union_id, today) for union_id in ids]


def token_seconds(most: int, now: datetime, *ends: datetime) -> int:
    """How long a token may live: not past its session, nor past the day its roles are good for."""
    return max(1, min(most, *(int((end - now).total_seconds()) for end in ends)))
