"""Unions as lists, choices and one object."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend.clients.membership import Membership
from frontend.forms.form import Option
from frontend.forms.union import KINDS, LEVELS
from frontend.views.marks import Mark, mark
from frontend.views.paper import Fact, ruled
from frontend.views.reading import code, items, text
from frontend.views.times import day
from services.chassis.kernel.actors import ROLE_LABELS, Actor, Role
from services.chassis.kernel.refusals import Refusal

_LEVELS = {option.value: option.label for option in LEVELS}
_KINDS = {option.value: option.label for option in KINDS}


@dataclass(frozen=True, slots=True)
class UnionChoice:
    """A union for which somebody may act, and as what."""

    id: str
    name: str
    roles: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class UnionRow:
    """One union in a list."""

    id: str
    url: str
    name: str
    code: str
    level: str
    kind: str
    address: str
    members: str
    catches_all: bool


@dataclass(frozen=True, slots=True)
class UnionPage:
    """One union, told whole."""

    id: str
    name: str
    code: str
    state: Mark
    level: str
    parent: str
    parent_url: str
    facts: list[Fact]
    actions: list[str]


def choices_of(me: Mapping[str, Any]) -> list[UnionChoice]:
    """The unions at which the visitor holds roles."""
    acting = (me.get("acting_union") or {}).get("id")
    return [
        UnionChoice(
            id=str(union["id"]),
            name=str(union["name"]),
            roles="、".join(role_label(role) for role in union.get("roles", ())),
            is_chosen=union["id"] == acting,
        )
        for union in me.get("unions", ())
    ]


async def options_below(membership: Membership, actor: Actor) -> tuple[Option, ...]:
    """The acting union and those directly below it, to choose from."""
    own = (Option(str(actor.union_id), actor.union_name),) if actor.union_id else ()
    try:
        page = await membership.get("/unions", parent=str(actor.union_id or ""), limit="100")
    except Refusal:
        # Without the register one can still work for one's own union.
        return own
    below = (Option(text(one, "id"), text(one, "name")) for one in items(page))
    return own + tuple(option for option in below if option not in own)


def role_label(role: str) -> str:
    """A role's Chinese name; an unknown one stays as it is."""
    try:
        return ROLE_LABELS[Role(role)]
    except ValueError:
        return role


def union_row(item: Mapping[str, Any]) -> UnionRow:
    """A row of the list."""
    return UnionRow(
        id=text(item, "id"),
        url=f"/unions/{text(item, 'id')}",
        name=text(item, "name"),
        code=text(item, "code"),
        level=_LEVELS.get(code(item, "level"), text(item, "level")),
        kind=_KINDS.get(code(item, "kind"), text(item, "kind")),
        address=text(item, "address"),
        members=text(item, "member_count"),
        catches_all=bool(item.get("catches_all")),
    )


def union_page(item: Mapping[str, Any]) -> UnionPage:
    """One union with the cells of its registration form."""
    parent = text(item, "parent", "id") or text(item, "parent_id")
    return UnionPage(
        id=text(item, "id"),
        name=text(item, "name"),
        code=text(item, "code"),
        state=mark(code(item, "state"), "正常" if code(item, "state") == "active" else ""),
        level=_LEVELS.get(code(item, "level"), text(item, "level")),
        parent=text(item, "parent", "name") or "上级工会",
        parent_url=f"/unions/{parent}" if parent else "",
        facts=ruled(_facts(item)),
        actions=[str(action) for action in items(item, "actions")],
    )


def _facts(item: Mapping[str, Any]) -> list[Fact]:
    return [
        Fact("工会编号", text(item, "code")),
        Fact("类型", _KINDS.get(code(item, "kind"), text(item, "kind"))),
        Fact("工会信用代码", text(item, "union_uscc")),
        Fact("单位名称", text(item, "employer_name")),
        Fact("单位信用代码", text(item, "employer_uscc")),
        Fact("单位性质", text(item, "employer_nature")),
        Fact("所属行业", text(item, "industry")),
        Fact("所在政区", text(item, "division")),
        Fact("建会日期", day(text(item, "founded_on"))),
        Fact("换届日期", day(text(item, "term_ends_on"))),
        Fact("主席", text(item, "chair_name")),
        Fact("联系电话", text(item, "phone")),
        Fact("职工人数", text(item, "staff_count")),
        Fact("会员人数", text(item, "member_count")),
        Fact("其中女职工", text(item, "women_count")),
        Fact("其中农民工", text(item, "migrant_count")),
        Fact("兜底吸收", "没有单位工会的职工可以加入" if item.get("catches_all") else ""),
        Fact("地址", text(item, "address"), is_whole=True),
    ]
