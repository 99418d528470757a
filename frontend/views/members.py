"""Members, as rows of a list and as one person's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontend.views.applications import Event, event
from frontend.views.marks import Mark, mark
from frontend.views.paper import Fact, ruled
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
    application_url: str
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
        name=text(item, "name"),
        group=text(item, "group"),
        union=text(item, "union"),
        phone=text(item, "phone_masked"),
        joined=day(text(item, "joined_on")),
        state=mark(code(item, "state")),
    )


def member_page(item: Mapping[str, Any], history: list[Any], now: datetime) -> MemberPage:
    """One member, told whole; everything personal is masked by the service."""
    return MemberPage(
        id=text(item, "id"),
        person_id=text(item, "person_id"),
        application_url=f"/applications/{applied}"
        if (applied := text(item, "application_id"))
        else "",
        number=text(item, "number"),
        name=text(item, "name"),
        state=mark(code(item, "state")),
        union=text(item, "union"),
        union_url=f"/unions/{text(item, 'union', 'id')}",
        facts=_facts(item),
        timeline=[event(one, now) for one in history],
    )


def _facts(item: Mapping[str, Any]) -> list[Fact]:
    birth = text(item, "birth_year")
    found = [
        Fact("姓名", text(item, "name")),
        Fact("会员号", text(item, "number")),
        Fact("性别", text(item, "sex")),
        Fact("出生年份", f"{birth}年" if birth else ""),
        Fact("证件类型", text(item, "document_kind")),
        Fact("证件号码", text(item, "document_masked")),
        Fact("手机", text(item, "phone_masked")),
        Fact("群体", text(item, "group")),
        Fact("平台", "、".join(text(one) for one in items(item, "platforms"))),
        Fact("入会日期", day(text(item, "joined_on"))),
        Fact("入会途径", text(item, "path")),
        Fact("申请方式", text(item, "channel")),
        Fact("离会日期", day(text(item, "left_on"))),
        Fact("所属工会", text(item, "union"), is_whole=True),
    ]
    return ruled(found)
