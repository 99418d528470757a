"""The desk: what waits by clock, what happened, and the counters of one's union."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from frontend.views.marks import Due, Mark, due, mark
from frontend.views.reading import code, items, number, text
from frontend.views.times import moment

_COUNTERS = {
    "members": "会员",
    "gig": "新就业形态",
    "women": "女会员",
    "retained": "保留会籍",
    "joined_this_month": "本月新入会",
}
_KINDS = {
    "application": ("入会申请审核", "去审核"),
    "review": ("入会申请审核", "去审核"),
    "returned": ("补正入会申请", "去补正"),
    "import": ("名单等待确认", "去确认"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, with its clock and the way to it."""

    due: Due | None
    what: str
    who: str
    state: Mark
    url: str
    next: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened lately."""

    when: str
    what: str
    url: str


@dataclass(frozen=True, slots=True)
class Counter:
    """A number with its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole desk."""

    tasks: list[Task]
    overdue: int
    due_today: int
    soon: int
    happened: list[Happened]
    counters: list[Counter]


def desk_of(answer: Mapping[str, Any], now: datetime, today: date) -> Desk:
    """The service's answer as a desk."""
    tasks = [_task(one, today) for one in items(answer, "tasks")]
    clocks = [task.due.tone for task in tasks if task.due]
    told = answer.get("due") or {}
    return Desk(
        tasks=tasks,
        overdue=number(told, "overdue") or clocks.count("overdue"),
        due_today=number(told, "today") or clocks.count("today"),
        soon=number(told, "soon") or clocks.count("soon"),
        happened=[_happened(one, now) for one in items(answer, "events")],
        counters=counters(answer.get("union") or {}),
    )


def counters(counts: Mapping[str, Any]) -> list[Counter]:
    """The numbers that have a name here, with thousands apart."""
    return [
        Counter(name, f"{counts[key]:,}")
        for key, name in _COUNTERS.items()
        if isinstance(counts.get(key), int)
    ]


def _task(one: Mapping[str, Any], today: date) -> Task:
    what, following = _KINDS.get(code(one, "kind"), (text(one, "title"), "打开"))
    kind = "imports" if code(one, "kind") == "import" else "applications"
    return Task(
        due=due(one.get("clock") or one, today),
        what=text(one, "title") or what,
        who=text(one, "who") or text(one, "name"),
        state=mark(code(one, "state")),
        url=f"/{kind}/{text(one, 'id') or text(one, 'subject')}",
        next=following,
    )


def _happened(one: Mapping[str, Any], now: datetime) -> Happened:
    return Happened(
        when=moment(text(one, "at"), now),
        what=text(one, "text") or text(one, "title"),
        url=text(one, "url"),
    )
