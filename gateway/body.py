"""A request's body, counted and timed while it comes in."""

from gateway.refusals import SlowBody
from services.chassis.kernel.refusals import TooLarge

# A body that is sent on while it comes in may take long, but has to keep moving (bytes a second).
SLOWEST = 4 * 1024


class Inflow:
    """At most ``limit`` bytes; one that is kept until it is whole has ``seconds`` in all."""

    __slots__ = ("_began", "_limit", "_moved", "_paused", "_seconds", "_seen", "_streams", "kept")

    def __init__(self, limit: int, seconds: float, now: float, *, streams: bool) -> None:
        self._limit = limit
        self._seconds = seconds
        self._began = self._moved = now
        self._streams = streams
        self._paused: float | None = None
        self._seen = 0
        self.kept: list[bytes] = []

    def count(self, size: int, now: float) -> None:
        """Note what came; raises TooLarge."""
        self._seen += size
        self._moved = now
        if self._seen > self._limit:
            raise too_large(self._limit)

    def pause(self, now: float) -> None:
        """We stopped reading: from here on the sender is not to blame."""
        self._paused = now

    def resume(self, now: float) -> None:
        """We read again."""
        if self._paused is not None:
            self._began += now - self._paused
            self._moved = now
            self._paused = None

    def look(self, now: float) -> None:
        """Raises SlowBody when the sender stalls, or drips."""
        if self._paused is not None:
            return
        taken = now - self._began
        if self._streams:
            stalls = now - self._moved > self._seconds
            drips = taken > self._seconds and self._seen < SLOWEST * taken
            is_slow = stalls or drips
        else:
            is_slow = taken > self._seconds
        if is_slow:
            raise SlowBody("内容上传过慢，连接已断开。请检查网络后重新上传。")


def too_large(limit: int) -> TooLarge:
    """The refusal, with the limit in the unit that people use."""
    size = f"{limit // 1024 // 1024} MB" if limit >= 1024 * 1024 else f"{limit // 1024} KB"
    return TooLarge(f"提交的内容超过了上限 {size}，请减小后重新提交。", limit_bytes=limit)
