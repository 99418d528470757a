"""Applications to join, as a row in a queue and as one object on one page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from frontend.views.marks import Due, Mark, due, mark
from frontend.views.paper import Fact, ruled
from frontend.views.reading import code, items, text
from frontend.views.times import day, moment, month

CHANNELS = {"online": "网上", "scan": "扫码", "counter": "窗口", "batch": "集体导入"}
_DETAILS = {
    "ethnicity": "民族",
    "education": "学历",
    "politics": "政治面貌",
    "employment": "就业状况",
    "skill_level": "技能等级",
    "household_kind": "户籍类型",
    "native_place": "籍贯",
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting application."""

    id: str
    url: str
    number: str
    name: str
    group: str
    union: str
    channel: str
    state: Mark
    due: Due | None
    is_decidable: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One station of the lifecycle."""

    label: str
    when: str
    standing: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline: when, who, what, why, and by which rule."""

    when: str
    who: str
    what: str
    why: str
    rule: str


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """Everything the page of one application shows."""

    id: str
    number: str
    name: str
    state: Mark
    union: str
    union_url: str
    due: Due | None
    steps: list[Step]
    facts: list[Fact]
    warnings: list[str]
    timeline: list[Event]
    actions: list[str]
    why: list[Fact]
    counted: list[str]


def queue_row(item: Mapping[str, Any], today: date) -> QueueRow:
    """A row of the queue."""
    clocks = items(item, "clocks")
    return QueueRow(
        id=text(item, "id"),
        url=f"/applications/{text(item, 'id')}",
        number=text(item, "number"),
        name=text(item, "person", "name"),
        group=text(item, "group"),
        union=text(item, "union", "name"),
        channel=CHANNELS.get(code(item, "channel"), text(item, "channel")),
        state=mark(code(item, "state")),
        due=due(clocks[0], today) if clocks and code(item, "state") == "submitted" else None,
        is_decidable="admit" in items(item, "actions"),
    )


def application_page(item: Mapping[str, Any], now: datetime, today: date) -> ApplicationPage:
    """One application, told whole."""
    clocks = items(item, "clocks")
    state = code(item, "state")
    return ApplicationPage(
        id=text(item, "id"),
        number=text(item, "number"),
        name=text(item, "person", "name"),
        state=mark(state),
        union=text(item, "union", "name"),
        union_url=f"/unions/{text(item, 'union', 'id')}",
        due=due(clocks[0], today) if clocks and state == "submitted" else None,
        steps=_steps(item, now),
        facts=_facts(item),
        warnings=[text(one, "message") or text(one) for one in items(item, "warnings")],
        timeline=[event(one, now) for one in reversed(items(item, "history"))],
        actions=[str(action) for action in items(item, "actions")],
        why=_why(item, clocks),
        counted=[str(step) for clock in clocks for step in items(clock, "steps")],
    )


def event(one: Mapping[str, Any], now: datetime) -> Event:
    """A step of the history as a line of the timeline."""
    who = text(one, "actor_name") or text(one, "who")
    role = text(one, "actor_role_label")
    return Event(
        when=moment(text(one, "at"), now),
        who=f"{who}（{role}）" if role else who,
        what=text(one, "label") or text(one, "title") or mark(code(one, "after")).label,
        why=text(one, "reason"),
        rule=text(one, "rule"),
    )


def _steps(item: Mapping[str, Any], now: datetime) -> list[Step]:
    state = code(item, "state")
    # How far it has come, and what the last station is called.
    reached = {"draft": 0, "submitted": 1, "returned": 1}.get(state, 2)
    last = {"refused": "未通过", "withdrawn": "已撤回"}.get(state, "入会")
    middle = "退回补正" if state == "returned" else "审核"
    filled = moment(text(item, "created_at"), now)
    sent = moment(text(item, "submitted_at"), now)
    decided = moment(text(item, "decided_at"), now)
    labels = (("填写申请", filled), (middle, sent), (last, decided))
    standings = ["done" if at < reached else "here" if at == reached else "" for at in range(3)]
    if reached == 2:
        standings[2] = "done"
    return [Step(label, when, s) for (label, when), s in zip(labels, standings, strict=True)]


def _facts(item: Mapping[str, Any]) -> list[Fact]:
    person = item.get("person") or {}
    found = [
        Fact("姓名", text(person, "name")),
        Fact("性别", text(person, "sex")),
        Fact("证件类型", text(person, "document", "kind")),
        Fact("证件号码", text(person, "document", "number")),
        Fact("手机", text(person, "phone")),
        Fact("出生年月", month(text(person, "birth"))),
        Fact("群体", text(item, "group")),
        Fact("平台", "、".join(text(one) for one in items(item, "platforms"))),
        Fact("工作单位", text(item, "employer_name")),
        Fact("工作地", text(item, "work_division")),
        Fact("申请方式", CHANNELS.get(code(item, "channel"), text(item, "channel"))),
        Fact("经办", text(item, "prepared_name")),
        *_details(item.get("details") or {}),
    ]
    consents = "、".join(
        f"{text(c, 'title') or text(c, 'purpose')}（{text(c, 'version')}）"
        for c in items(item, "consents")
    )
    return ruled([*found, Fact("同意书", consents, is_whole=True)])


def _details(details: Mapping[str, Any]) -> list[Fact]:
    found = [Fact(name, text(details, key)) for key, name in _DETAILS.items()]
    return [*found, Fact("农民工", "是" if details.get("is_migrant") else "")]


def _why(item: Mapping[str, Any], clocks: list[Any]) -> list[Fact]:
    path = item.get("path")
    found = [
        Fact("入会途径", text(path, "path")),
        Fact("理由", text(path, "reason")),
        Fact("依据", text(path, "rule")),
    ]
    for clock in clocks:
        found.append(Fact("审核期限", f"{day(text(clock, 'due_on'))}（{text(clock, 'rule')}）"))
    return [fact for fact in found if fact.value]
