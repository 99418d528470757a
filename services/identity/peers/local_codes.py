"""The sender of a developer's or demonstration machine: codes stay in memory, for one page."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

KEPT = 50


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code as the local page shows it."""

    phone: str
    code: str
    sent_at: datetime

    def __repr__(self) -> str:
        return "ShownCode()"


class LocalCodes:
    """Never logs and never stores; the newest code is the first."""

    def __init__(self, clock: Callable[[], datetime], mode: str) -> None:
        if mode != "local":
            raise ValueError("codes are shown in mode local only")
        self._clock = clock
        self._codes: deque[ShownCode] = deque(maxlen=KEPT)

    async def send(self, phone: str, code: str) -> None:
        self._codes.appendleft(ShownCode(phone, code, self._clock()))

    def shown(self) -> Sequence[ShownCode]:
        return list(self._codes)
