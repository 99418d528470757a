"""Members, as rows of a list and as one person's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontend.views.applications import Event, Fact, event
from frontend.views.marks import Mark, mark
from frontend.views.reading import code, items, text
from frontend.views.times import day


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member found."""

    id: str
    url: str
    number: str
    name: str
    group: str
    union: str
    phone: str
    joined: str
    state: Mark


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One membership with the person behind it."""

    id: str
    person_id: str
    number: str
    name: str
    state: Mark
    union: str
    union_url: str
    facts: list[Fact]
    timeline: list[Event]


def member_row(item: Mapping[str, Any]) -> MemberRow:
    """A row of the list."""
    return MemberRow(
        id=text(item, "id"),
        url=f"/members/{text(item, 'id')}",
        number=text(item, "number"),
        name=text(item, "name") or text(item, "person", "name"),
        group=text(item, "group"),
        union=text(item, "union"),
        phone=text(item, "phone") or text(item, "person", "phone"),
        joined=day(text(item, "joined_on")),
        state=mark(code(item, "state")),
    )


def member_page(item: Mapping[str, Any], now: datetime) -> MemberPage:
    """One member, told whole; everything personal is masked by the service."""
    person = item.get("person") or item
    history = items(item, "history") or items(item, "changes")
    return MemberPage(
        id=text(item, "id"),
        person_id=text(item, "person_id") or text(person, "id"),
        number=text(item, "number"),
        name=text(person, "name"),
        state=mark(code(item, "state")),
        union=text(item, "union"),
        union_url=f"/unions/{text(item, 'union', 'id')}",
        facts=_facts(item, person),
        timeline=[event(one, now) for one in reversed(history)],
    )


def _facts(item: Mapping[str, Any], person: Mapping[str, Any]) -> list[Fact]:
    document = person.get("document") or {}
    found = [
        Fact("姓名", text(person, "name")),
        Fact("会员号", text(item, "number")),
        Fact("性别", text(person, "sex")),
        Fact("出生年月", text(person, "birth")),
        Fact("证件类型", text(document, "kind")),
        Fact("证件号码", text(document, "number") or text(person, "document_masked")),
        Fact("手机", text(person, "phone")),
        Fact("民族", text(person, "ethnicity")),
        Fact("群体", text(item, "group")),
        Fact("平台", "、".join(text(one) for one in items(item, "platforms"))),
        Fact("工作单位", text(item, "employer_name")),
        Fact("入会日期", day(text(item, "joined_on"))),
        Fact("入会途径", text(item, "join_path")),
        Fact("所属工会", text(item, "union")),
    ]
    return [fact for fact in found if fact.value]
