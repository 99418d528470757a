"""Who is acting, from which union, and as what."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.chassis.kernel.refusals import Forbidden, Unauthenticated


class Kind(StrEnum):
    ANONYMOUS = "anonymous"
    WORKER = "worker"
    STAFF = "staff"
    SERVICE = "service"
    SYSTEM = "system"


class Role(StrEnum):
    """What somebody may be at a union; ``WORKER`` to ``SYSTEM`` come with the kind of actor."""

    CLERK = "clerk"  # 经办
    REVIEWER = "reviewer"  # 审核
    APPROVER = "approver"  # 审批
    FINANCE = "finance"  # 财务
    MEDIATOR = "mediator"  # 调解员
    OPERATOR = "operator"  # 话务/承办
    JUDGE = "judge"  # 评委
    ORGANISER = "organiser"  # 赛务
    AUDITOR = "auditor"  # 审计
    ADMINISTRATOR = "administrator"  # 管理员
    SECURITY_OFFICER = "security_officer"  # 安全员
    WORKER = "worker"  # 职工本人
    SERVICE = "service"
    SYSTEM = "system"


ROLE_LABELS: dict[Role, str] = {
    Role.CLERK: "经办",
    Role.REVIEWER: "审核",
    Role.APPROVER: "审批",
    Role.FINANCE: "财务",
    Role.MEDIATOR: "调解员",
    Role.OPERATOR: "热线承办",
    Role.JUDGE: "评委",
    Role.ORGANISER: "赛务",
    Role.AUDITOR: "审计",
    Role.ADMINISTRATOR: "管理员",
    Role.SECURITY_OFFICER: "安全员",
    Role.WORKER: "职工本人",
    Role.SERVICE: "系统接口",
    Role.SYSTEM: "系统",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller, as the gateway or identity vouches for them.

    ``union_path`` is the acting union's materialised path of hex ids, each ended by ``/``;
    ``roles`` are those valid today at that union, and reach it and everything below it;
    ``scopes`` are what an API client was allowed, each ``<service>:<noun>.<verb>``.
    """

    kind: Kind
    id: UUID
    name: str = ""
    union_id: UUID | None = None
    union_path: str = ""
    union_name: str = ""
    roles: frozenset[Role] = frozenset()
    client: str | None = None
    auth: str = "none"
    session: UUID | None = None
    scopes: frozenset[str] = frozenset()

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: Role) -> None:
        """Refuse an actor who holds none of ``roles``."""
        if self.kind is Kind.ANONYMOUS:
            raise Unauthenticated("请先登录。")
        if not self.has(*roles):
            names = "、".join(ROLE_LABELS[role] for role in roles)
            raise Forbidden(f"需要“{names}”角色才能办理，请联系本级工会的安全员授权。")

    def require_scope(self, scope: str) -> None:
        """Refuse an actor who was not allowed ``scope``; people act by roles and hold no scopes."""
        if self.kind is Kind.ANONYMOUS:
            raise Unauthenticated("请先取得访问凭证。")
        if scope not in self.scopes:
            raise Forbidden(
                f"接入方没有“{scope}”这项接口权限，请联系平台的安全员授权，再重新取得凭证。",
                scope=scope,
            )

    def reaches(self, union_path: str) -> bool:
        """Whether ``union_path`` is the acting union or lies below it (rule J-2)."""
        return bool(self.union_path) and union_path.startswith(self.union_path)


ANONYMOUS = Actor(Kind.ANONYMOUS, UUID(int=0), name="未登录")
SYSTEM = Actor(Kind.SYSTEM, UUID(int=1), name="系统", roles=frozenset({Role.SYSTEM}), auth="system")


def actor_facts(actor: Actor) -> dict[str, Any]:
    """The actor as JSON values: claims of a token, or the actor of a job."""
    return {
        "sub": str(actor.id),
        "kind": str(actor.kind),
        "name": actor.name,
        "union": str(actor.union_id) if actor.union_id else None,
        "path": actor.union_path,
        "union_name": actor.union_name,
        "roles": sorted(actor.roles),
        "client": actor.client,
        "auth": actor.auth,
        "sid": str(actor.session) if actor.session else None,
        "scopes": sorted(actor.scopes),
    }


def actor_from(facts: Mapping[str, Any]) -> Actor:
    """The actor whom ``actor_facts`` described; raises KeyError, TypeError or ValueError."""
    return Actor(
        kind=Kind(facts["kind"]),
        id=UUID(facts["sub"]),
        name=str(facts["name"]),
        union_id=UUID(facts["union"]) if facts["union"] else None,
        union_path=str(facts["path"]),
        union_name=str(facts["union_name"]),
        roles=frozenset(Role(role) for role in facts["roles"]),
        client=facts["client"],
        auth=str(facts["auth"]),
        session=UUID(facts["sid"]) if facts["sid"] else None,
        scopes=frozenset(str(scope) for scope in facts.get("scopes", ())),
    )
