"""What was refused at the door, told to identity in batches: counts and reasons, no persons."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from gateway.identity import Identity
from services.chassis.kernel.refusals import Refusal

log = structlog.get_logger()
MOST_KINDS = 500


class Reports:
    """Counts refusals of one kind together; what cannot be told is told with the next batch."""

    def __init__(self, identity: Identity, pause: float, now: Callable[[], datetime]) -> None:
        self._identity = identity
        self._pause = pause
        self._now = now
        self._counts: Counter[tuple[str, str, str, int]] = Counter()
        self._since = now()

    def note(self, code: str, reason: str, service: str, status: int) -> None:
        """Remember one refusal; kinds beyond the bound are dropped, the log has them."""
        key = (code, reason, service, status)
        if key in self._counts or len(self._counts) < MOST_KINDS:
            self._counts[key] += 1

    async def tell_for_ever(self) -> None:
        """Tell at a steady pace."""
        while True:
            await asyncio.sleep(self._pause)
            await self.tell()

    async def tell(self) -> None:
        """Tell now what there is; best effort."""
        counts, since = self._counts, self._since
        if not counts:
            self._since = self._now()
            return
        self._counts, self._since = Counter(), self._now()
        try:
            await self._identity.report(_items(counts, since, self._since))
        except Refusal as refusal:
            log.warning("refusals.not_told", reason=refusal.code)
            self._since = since
            for (code, reason, service, status), count in counts.items():
                if len(self._counts) < MOST_KINDS:
                    self._counts[code, reason, service, status] += count


def _items(
    counts: Counter[tuple[str, str, str, int]], since: datetime, until: datetime
) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "reason": reason,
            "service": service,
            "status": status,
            "count": count,
            "since": since.isoformat(),
            "until": until.isoformat(),
        }
        for (code, reason, service, status), count in sorted(counts.items())
    ]
