"""One's own membership, card and data, as one's own eyes see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend.views.marks import Mark, mark
from frontend.views.paper import Fact
from frontend.views.reading import code, items, text
from frontend.views.times import day, moment


@dataclass(frozen=True, slots=True)
class MyMembership:
    """The membership in a few lines."""

    number: str
    name: str
    union: str
    state: Mark
    joined: str
    group: str


@dataclass(frozen=True, slots=True)
class Card:
    """The card as it is shown to whoever asks for it."""

    number: str
    name: str
    union: str
    state: Mark
    url: str
    until: str


@dataclass(frozen=True, slots=True)
class MyConsent:
    """One consent, and whether it still holds."""

    id: str
    title: str
    told: str
    is_given: bool
    purpose: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a scanned card turned out to be."""

    is_valid: bool
    reason: str
    name: str
    union: str
    state: str
    at: str


def my_membership(item: Mapping[str, Any]) -> MyMembership:
    """The membership."""
    return MyMembership(
        number=grouped(text(item, "number")),
        name=text(item, "name"),
        union=text(item, "union", "name"),
        state=mark(code(item, "state"), text(item, "state")),
        joined=day(text(item, "joined_on")),
        group=text(item, "group"),
    )


def card(item: Mapping[str, Any]) -> Card:
    """The card."""
    return Card(
        number=grouped(text(item, "number")),
        name=text(item, "name"),
        union=text(item, "union"),
        state=mark(code(item, "state"), text(item, "state")),
        url=text(item, "url"),
        until=moment(text(item, "valid_until")),
    )


def own_facts(person: Mapping[str, Any], member: Mapping[str, Any] | None) -> list[Fact]:
    """What the union knows, with the numbers masked (S-13)."""
    born = text(person, "birth").split("-")
    found = [
        Fact("姓名", text(person, "name")),
        Fact("性别", text(person, "sex")),
        Fact("出生年月", f"{born[0]}年{int(born[1])}月" if len(born) > 1 else ""),
        Fact("证件", text(person, "document", "kind")),
        Fact("证件号码", text(person, "document", "number")),
        Fact("手机号", text(person, "phone")),
    ]
    if member:
        platforms = "、".join(str(one) for one in items(member, "platforms"))
        found += [
            Fact("会员号", grouped(text(member, "number"))),
            Fact("所在工会", text(member, "union", "name")),
            Fact("会籍", text(member, "state")),
            Fact("入会日期", day(text(member, "joined_on"))),
            Fact("群体", text(member, "group")),
            Fact("平台", platforms),
        ]
    return [fact for fact in found if fact.value]


def my_consent(item: Mapping[str, Any]) -> MyConsent:
    """A consent with its version and its days."""
    withdrawn = text(item, "withdrawn_at")
    told = f"{moment(text(item, 'given_at'))} 同意，版本 {text(item, 'version')}"
    if withdrawn:
        told += f"；{moment(withdrawn)} 已撤回"
    return MyConsent(
        text(item, "id"), text(item, "title"), told, not withdrawn, text(item, "purpose")
    )


def checked(item: Mapping[str, Any]) -> Checked:
    """The answer to a scanned card."""
    return Checked(
        is_valid=bool(item.get("valid")),
        reason=text(item, "reason"),
        name=text(item, "name"),
        union=text(item, "union"),
        state=text(item, "state"),
        at=moment(text(item, "checked_at")),
    )


def grouped(number: str) -> str:
    """A long number in fours, as it is read aloud."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
