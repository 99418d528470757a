"""Stops asking a peer that does not answer, so that its failure does not become ours."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic


class CircuitOpen(Exception):
    """The peer is not asked for now; ``retry_after`` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"not asked for {retry_after} s")
        self.retry_after = retry_after


@dataclass(slots=True)
class Breaker:
    """Opens when most of the latest calls failed; after a rest one call tries whether it is over.

    Four failures at a connect timeout of two seconds open it within ten seconds even when nobody
    calls in parallel (OVR-03).
    """

    clock: Callable[[], float] = monotonic
    volume: int = 4
    ratio: float = 0.5
    window: float = 20.0
    rest: float = 5.0
    _outcomes: deque[tuple[float, bool]] = field(default_factory=deque)
    _open_until: float | None = None
    _is_trying: bool = False

    @property
    def is_open(self) -> bool:
        return self._open_until is not None

    def admit(self) -> bool:
        """Let a call pass, and say whether it is the trial call; raises CircuitOpen."""
        if self._open_until is None:
            return False
        left = self._open_until - self.clock()
        if left > 0 or self._is_trying:
            raise CircuitOpen(max(1, ceil(left)))
        self._is_trying = True
        return True

    def record(self, *, ok: bool, trial: bool) -> None:
        """How an admitted call ended; late answers from before the opening count for nothing."""
        now = self.clock()
        if trial:
            self._is_trying = False
            self._open_until = None if ok else now + self.rest
            self._outcomes.clear()
        elif self._open_until is None:
            self._outcomes.append((now, ok))
            while self._outcomes[0][0] < now - self.window:
                self._outcomes.popleft()
            failed = sum(not good for _, good in self._outcomes)
            total = len(self._outcomes)
            if total >= self.volume and failed >= self.ratio * total:
                self._open_until = now + self.rest

    def release(self, *, trial: bool) -> None:
        """The call ended without telling anything about the peer."""
        if trial:
            self._is_trying = False
