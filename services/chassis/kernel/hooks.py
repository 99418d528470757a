"""How facts are told to other systems: when, how often, and when that ends (trust.md A2)."""

import base64
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# Standard Webhooks' schedule, some three days in all: the pause before each attempt.
SCHEDULE = tuple(
    timedelta(seconds=s) for s in (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
JITTER = 0.1  # a pause is up to a tenth longer, never shorter: three days are a promise
WARN_AFTER = timedelta(days=1)
DISABLE_AFTER = timedelta(days=5)
# A receiver that asks for patience gets it, within reason.
BUSY = frozenset({429, 502, 504})
DEFAULT_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=24)
GONE = 410
SECRET_SIZE = 32
MOST_OVERLAP = timedelta(days=7)
# How long requests and answers are kept, and how far back facts can be sent again.
KEPT = timedelta(days=30)


class HookState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"  # every attempt failed; kept, and re-sendable
    WITHHELD = "withheld"  # its union no longer lies below the client's


class Reach(StrEnum):
    """What a filter's union stands for."""

    BELOW = "below"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Filter:
    """A union, with or without everything below it; none means all that the client may hear."""

    union_id: UUID | None = None
    reach: Reach = Reach.BELOW

    def lets_through(self, own: str | None, wanted: str | None, event: str | None) -> bool:
        """Paths as they are today; a path that is not known lets nothing through."""
        if not own or not event or not event.startswith(own):
            return False
        if self.union_id is None:
            return True
        if not wanted or not wanted.startswith(own):
            return False
        return event == wanted if self.reach is Reach.ONLY else event.startswith(wanted)


def next_attempt(attempts: int, now: datetime, spread: float = 0.0) -> datetime | None:
    """When to try again after so many attempts; None when there were enough.

    ``spread`` between 0 and 1 is the jitter drawn for this pause.
    """
    if attempts >= len(SCHEDULE):
        return None
    return now + SCHEDULE[attempts] * (1 + JITTER * spread)


def rest(retry_after: str, now: datetime) -> datetime:
    """Until when a busy receiver is left alone."""
    seconds = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0
    wanted = timedelta(seconds=min(seconds, 10**6)) if seconds else DEFAULT_REST
    return now + min(wanted, LONGEST_REST)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one attempt; ``error`` is a short word, never the receiver's own text."""

    status: int | None
    error: str
    answer: str
    retry_after: str
    duration_ms: int

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def new_secret() -> str:
    """A signing secret in the form that Standard Webhooks gives it."""
    return f"whsec_{base64.b64encode(os.urandom(SECRET_SIZE)).decode()}"
