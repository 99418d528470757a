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
# What may be done now decides what the task is called.
_TASKS = {
    "admit": ("入会申请审核", "去审核"),
    "submit": ("入会申请待提交", "去提交"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, with its clock and the way to it."""

    due: Due | None
    what: str
    who: str
    union: str
    state: Mark
    url: str
    next: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened lately."""

    when: str
    what: str
    who: str
    url: str


@dataclass(frozen=True, slots=True)
class Counter:
    """A number with its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole desk."""

    overdue: int
    due_today: int
    soon: int
    returned: int
    imports: int
    tasks: list[Task]
    happened: list[Happened]
    counters: list[Counter]


def desk_of(answer: Mapping[str, Any], now: datetime, today: date) -> Desk:
    """The service's answer as a desk."""
    waiting = answer.get("waiting") or {}
    return Desk(
        overdue=number(waiting, "overdue"),
        due_today=number(waiting, "due_today"),
        soon=number(waiting, "due_in_three_days"),
        returned=number(waiting, "returned"),
        imports=number(waiting, "imports_to_finish"),
        tasks=[_task(one, today) for one in items(answer, "tasks")],
        happened=[_happened(one, now) for one in items(answer, "recent")],
        counters=counters(answer.get("counts") or {}),
    )


def counters(counts: Mapping[str, Any]) -> list[Counter]:
    """The numbers that have a name here, with thousands apart."""
    return [
        Counter(name, f"{counts[key]:,}")
        for key, name in _COUNTERS.items()
        if isinstance(counts.get(key), int)
    ]


def _task(one: Mapping[str, Any], today: date) -> Task:
    clocks, actions = items(one, "clocks"), items(one, "actions")
    named = next((_TASKS[action] for action in _TASKS if action in actions), None)
    what, following = named or ("入会申请", "打开")
    return Task(
        due=due(clocks[0], today) if clocks else None,
        what=what,
        who=f"{text(one, 'person', 'masked_name')} {text(one, 'group')}".strip(),
        union=text(one, "union", "name"),
        state=mark(code(one, "state")),
        url=f"/applications/{text(one, 'id')}",
        next=following,
    )


def _happened(one: Mapping[str, Any], now: datetime) -> Happened:
    role = text(one, "actor_role_label")
    return Happened(
        when=moment(text(one, "at"), now),
        what=f"{text(one, 'label')}：{text(one, 'name')} {text(one, 'number')}",
        who=f"{text(one, 'actor_name')}（{role}）" if role else text(one, "actor_name"),
        url=f"/applications/{text(one, 'application_id')}",
    )
