"""One's own application: how far it is, what comes next and by when, in words for a worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from frontend.views.applications import ApplicationPage, application_page
from frontend.views.join import NO_GROUP
from frontend.views.marks import Mark, mark
from frontend.views.reading import code, items, text
from frontend.views.times import day, moment


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One answer on the summary, and where it is changed."""

    name: str
    values: list[str]
    url: str


@dataclass(frozen=True, slots=True)
class MyRow:
    """One application in the list."""

    url: str
    number: str
    union: str
    state: Mark
    told: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """By when, and how that day was counted (M-08, T-06)."""

    on: str
    rule: str
    steps: list[str]
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class MyApplication:
    """Everything on the page of one's own application."""

    page: ApplicationPage
    state: str
    clock: Clock | None
    is_overdue: bool
    is_escalated: bool
    reason: str
    phone: str
    masked_phone: str
    may_withdraw: bool
    may_send: bool


def check_rows(item: Mapping[str, Any], employer: str) -> list[CheckRow]:
    """The summary before it is sent, in the order of the questions."""
    path, person = item.get("path"), item.get("person") or {}
    platforms = "、".join(str(one) for one in items(item, "platforms"))
    born = (text(person, "birth") + "-").split("-")
    told = f"{text(person, 'sex')}，{born[0]}年{int(born[1])}月生" if born[1] else ""
    document = f"{text(person, 'document', 'kind')} {text(person, 'document', 'number')}"
    rows = [
        CheckRow("手机号", [text(person, "phone")], ""),
        CheckRow("行业", [text(item, "group") or NO_GROUP.label], "/join/work"),
        CheckRow("平台", [platforms], "/join/platforms"),
        CheckRow("用工关系", [text(item, "relation")], "/join/relation"),
        CheckRow("单位", [text(item, "employer_name") or employer], "/join/employer"),
        CheckRow("加入的工会", [text(item, "union", "name"), text(path, "path")], "/join/where"),
        CheckRow("本人", [text(person, "name"), document, told], "/join/person"),
    ]
    shown = [CheckRow(r.name, [v for v in r.values if v.strip()], r.url) for r in rows]
    return [row for row in shown if row.values]


def my_row(item: Mapping[str, Any]) -> MyRow:
    """A line of the list, with the one thing to know about it."""
    state = code(item, "state")
    return MyRow(
        url=f"/my/applications/{text(item, 'id')}",
        number=text(item, "number"),
        union=text(item, "union", "name"),
        state=mark(state),
        told=_told(item, state),
        is_open=state in ("draft", "submitted", "returned"),
    )


def my_application(item: Mapping[str, Any], now: datetime, today: date) -> MyApplication:
    """The page."""
    clocks, actions = items(item, "clocks"), items(item, "actions")
    state = code(item, "state")
    return MyApplication(
        page=application_page(item, now, today),
        state=state,
        clock=_clock(clocks[0]) if clocks and state == "submitted" else None,
        is_overdue=bool(item.get("is_overdue")),
        is_escalated=bool(item.get("is_escalated")),
        reason=text(item, "reason"),
        phone=text(item, "union", "phone"),
        masked_phone=text(item, "person", "phone"),
        may_withdraw="withdraw" in actions,
        may_send="submit" in actions,
    )


def _clock(clock: Mapping[str, Any]) -> Clock:
    return Clock(
        on=day(text(clock, "due_on")),
        rule=text(clock, "rule"),
        steps=[str(step) for step in items(clock, "steps")],
        is_provisional=bool(clock.get("provisional")),
    )


def _told(item: Mapping[str, Any], state: str) -> str:
    clocks = items(item, "clocks")
    match state:
        case "draft":
            return "还没有提交，可以接着填。"
        case "submitted" if item.get("is_overdue"):
            return "已超过审核期限，已提请上级工会督办。"
        case "submitted" if clocks:
            return f"{day(text(clocks[0], 'due_on'))}以前会有结果。"
        case "returned":
            return "有内容需要您修改后再提交。"
        case _:
            return moment(text(item, "decided_at"))
