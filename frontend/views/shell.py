"""The frame of every page: who is here, where they are, and where they can go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.kernel.actors import ROLE_LABELS, Actor, Kind, Role

_CASEWORK = frozenset({Role.CLERK, Role.REVIEWER, Role.APPROVER})
_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.SECURITY_OFFICER})
_ALL_STAFF = frozenset(set(Role) - {Role.WORKER, Role.SERVICE, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Area:
    """One line of the left column."""

    key: str
    label: str
    url: str
    count: int | None
    is_here: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """What the layout needs; the only thing every template may rely on."""

    kind: str
    name: str
    roles: str
    union_name: str
    areas: tuple[Area, ...]
    csrf: str
    said: str
    is_elder: bool
    path: str

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    @property
    def is_worker(self) -> bool:
        return self.kind == "worker"


# key, what it is called, where it is, who works there
# fmt: off
_AREAS: tuple[tuple[str, str, str, frozenset[Role]], ...] = (
    ("desk",         "工作台",   "/desk",         _ALL_STAFF),
    ("applications", "入会申请", "/applications", _CASEWORK | {Role.AUDITOR}),
    ("members",      "会员",     "/members",      _CASEWORK | {Role.AUDITOR}),
    ("imports",      "批量导入", "/imports",      _CASEWORK),
    ("unions",       "工会组织", "/unions",       _ALL_STAFF),
    ("accounts",     "账号授权", "/accounts",     _KEEPERS),
    ("webhooks",     "事件推送", "/webhooks",     frozenset({Role.ADMINISTRATOR})),
    ("clients",      "接入方",   "/clients",      _KEEPERS),
    ("audit",        "审计",     "/audit",        frozenset({Role.AUDITOR})),
)
# fmt: on


def shell_of(
    actor: Actor,
    *,
    path: str,
    counts: Mapping[str, int],
    csrf: str,
    said: str,
    is_elder: bool,
) -> Shell:
    """The frame for ``actor`` at ``path``."""
    roles = [ROLE_LABELS[role] for role in Role if role in actor.roles and actor.kind is Kind.STAFF]
    return Shell(
        kind=str(actor.kind),
        name=actor.name,
        roles="、".join(roles),
        union_name=actor.union_name,
        areas=_areas(actor, path, counts),
        csrf=csrf,
        said=said,
        is_elder=is_elder,
        path=path,
    )


def counts_of(actor: Actor, desk: Mapping[str, Any]) -> dict[str, int]:
    """What waits for ``actor`` in each area, out of the desk's answer."""
    waiting = desk.get("waiting") or {}
    mine = ("to_review",) if actor.has(Role.REVIEWER, Role.APPROVER) else ("returned", "drafts")
    return {
        "applications": sum(int(waiting.get(name) or 0) for name in mine),
        "imports": int(waiting.get("imports_to_finish") or 0),
    }


def _areas(actor: Actor, path: str, counts: Mapping[str, int]) -> tuple[Area, ...]:
    if actor.kind is not Kind.STAFF:
        return ()
    return tuple(
        Area(key, label, url, counts.get(key), path == url or path.startswith(url + "/"))
        for key, label, url, roles in _AREAS
        if not roles.isdisjoint(actor.roles)
    )
