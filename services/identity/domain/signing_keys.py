"""The life of a key that signs user tokens: next, current, retired, and revoked at any time.

The state is not stored.  It follows from the instant from which a key signs, from the keys after
it, and from a revocation; so no process has to be awake for a key to take its turn (AUTH-10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

ISSUER = "identity"


class State(StrEnum):
    NEXT = "next"  # published, and does not sign yet
    CURRENT = "current"
    RETIRED = "retired"  # signs no more; what it signed is still good
    REVOKED = "revoked"
    OUTLIVED = "outlived"  # everything that it signed is over


class Key(Protocol):
    """What of a key decides about its state."""

    @property
    def id(self) -> UUID: ...
    @property
    def signs_from(self) -> datetime: ...
    @property
    def revoked_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Rotation:
    """How long a key signs, how long before that it is known, and how long its tokens live.

    ``life`` None: keys are changed by hand only.
    """

    life: timedelta | None
    lead: timedelta
    tokens: timedelta


def kid_of(key_id: UUID) -> str:
    return f"{ISSUER}#{key_id.hex}"


def key_id_of(kid: str) -> UUID | None:
    """The key behind a kid as a person may have copied it, or None."""
    try:
        return UUID(kid.rpartition("#")[2])
    except ValueError:
        return None


def current(keys: Sequence[Key], now: datetime) -> Key | None:
    """The key that signs: the one whose turn came last."""
    begun = [key for key in keys if key.revoked_at is None and key.signs_from <= now]
    return max(begun, key=lambda key: (key.signs_from, key.id), default=None)


def state_of(key: Key, keys: Sequence[Key], now: datetime, rotation: Rotation) -> State:
    """What a key is at an instant, among all that there are."""
    if key.revoked_at is not None:
        return State.REVOKED
    if key.signs_from > now:
        return State.NEXT
    signs = current(keys, now)
    if signs is None or signs.id == key.id:
        return State.CURRENT
    # A revoked successor relieved it all the same.
    relieved = min(k.signs_from for k in keys if k.id != key.id and _follows(k, key, now))
    return State.RETIRED if now < relieved + rotation.tokens else State.OUTLIVED


def is_published(state: State) -> bool:
    return state in {State.NEXT, State.CURRENT, State.RETIRED}


def next_turn(signs_from: datetime, rotation: Rotation) -> datetime | None:
    """When the successor of a key has to be made."""
    return signs_from + rotation.life - rotation.lead if rotation.life else None


def _follows(later: Key, key: Key, now: datetime) -> bool:
    """Whether ``later`` ever signed, and after ``key``; one that was revoked before did not."""
    if later.signs_from > now or (later.revoked_at and later.revoked_at <= later.signs_from):
        return False
    return (key.signs_from, key.id) < (later.signs_from, later.id)
