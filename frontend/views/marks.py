"""States as a word with a shape, and clocks as what is left of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from frontend.views.reading import text
from frontend.views.times import day, near_day


@dataclass(frozen=True, slots=True)
class Mark:
    """A state; never told by colour alone."""

    label: str
    tone: str
    shape: str


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline; ``why`` is the rule and how it was counted."""

    label: str
    tone: str
    shape: str
    why: str
    on: str


# fmt: off
_MARKS: dict[str, Mark] = {
    # An application.
    "draft":      Mark("草稿",     "muted",     "ring"),
    "submitted":  Mark("待审核",   "waiting",   "half"),
    "returned":   Mark("退回补正", "waiting",   "back"),
    "admitted":   Mark("已入会",   "good",      "check"),
    "refused":    Mark("未通过",   "bad",       "cross"),
    "withdrawn":  Mark("已撤回",   "muted",     "dash"),
    # A membership and a union.
    "active":       Mark("在会",     "good",      "check"),
    "member":       Mark("在会",     "good",      "check"),
    "retained":     Mark("保留会籍", "under-way", "half"),
    "transferring": Mark("转出中",   "under-way", "half"),
    "left":         Mark("已退会",   "muted",     "dash"),
    "expelled":     Mark("已除名",   "muted",     "cross"),
    "deceased":     Mark("已故",     "muted",     "dash"),
    "dissolved":    Mark("已撤销",   "muted",     "dash"),
    # An import and its job.
    "received":   Mark("排队检查", "under-way", "ring"),
    "checking":   Mark("正在检查", "under-way", "half"),
    "checked":    Mark("待确认",   "waiting",   "half"),
    "applying":   Mark("正在导入", "under-way", "half"),
    "applied":    Mark("已导入",   "good",      "check"),
    "undoing":    Mark("正在撤销", "under-way", "half"),
    "undone":     Mark("已撤销",   "muted",     "back"),
    "failed":     Mark("没有办成", "bad",       "cross"),
    "cancelled":  Mark("已取消",   "muted",     "dash"),
    # A staff account.
    "invited":    Mark("未开通",   "waiting",   "ring"),
    "suspended":  Mark("已停用",   "bad",       "dash"),
    "locked":     Mark("已锁定",   "bad",       "lock"),
    "closed":     Mark("已注销",   "muted",     "dash"),
}
# fmt: on


def mark(state: str, label: str = "") -> Mark:
    """The mark of ``state``; a state unknown here is shown by its word."""
    known = _MARKS.get(state)
    if known is None:
        return Mark(label or state, "muted", "ring")
    return Mark(label, known.tone, known.shape) if label else known


def due(clock: Mapping[str, Any] | None, today: date) -> Due | None:
    """A clock as it stands today; provisional ones say so (T-06)."""
    if not clock or not (clock.get("due_on") or clock.get("day")):
        return None
    on = date.fromisoformat(str(clock.get("due_on") or clock.get("day"))[:10])
    steps = clock.get("steps") or ()
    why = "；".join(filter(None, [text(clock, "rule"), *(str(step) for step in steps)]))
    label, tone, shape = _left((on - today).days, on, today)
    if clock.get("provisional"):
        label += "（暂定）"
    return Due(label, tone, shape, why, day(on.isoformat()))


def _left(days: int, on: date, today: date) -> tuple[str, str, str]:
    if days < 0:
        return f"已超期 {-days} 天", "overdue", "alarm"
    if days == 0:
        return "今天到期", "today", "clock"
    if days <= 3:
        return f"{near_day(on, today)}到期" if days == 1 else f"还有 {days} 天", "soon", "clock"
    return f"{near_day(on, today)}到期", "later", "clock"
