"""Five failures in fifteen minutes lock an account for a growing while (AUTH-02, 等保 8.1.4.1b)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
FAILURES = 5
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240))
FORGIVEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempts:
    """What is remembered about failed log-ins under one account name."""

    failures: int = 0
    since: datetime | None = None
    locks: int = 0
    locked_until: datetime | None = None
    last_at: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        """Whether log-ins are refused unseen at this instant."""
        return self.locked_until is not None and now < self.locked_until

    def failed(self, now: datetime) -> "Attempts":
        """What is remembered after one more failure."""
        if self.is_locked(now):
            return self
        if self.last_at is not None and now - self.last_at >= FORGIVEN_AFTER:
            return Attempts().failed(now)
        outside = self.since is None or now - self.since >= WINDOW
        failures = 1 if outside else self.failures + 1
        since = now if outside else self.since
        if failures < FAILURES:
            return replace(self, failures=failures, since=since, last_at=now)
        pause = PAUSES[min(self.locks, len(PAUSES) - 1)]
        return Attempts(0, None, self.locks + 1, now + pause, now)
