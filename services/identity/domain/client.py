"""API clients 接入方: what they are, the life of one, what they may be allowed, their numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network

from services.chassis.kernel.actors import Role
from services.chassis.kernel.lifecycle import Lifecycle, Move
from services.chassis.kernel.refusals import FieldError, Unprocessable


class ClientKind(StrEnum):
    PLATFORM = "platform"  # a platform company 平台企业
    PROVINCE = "province"  # a provincial system
    HOTLINE = "hotline"  # 12351


class State(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Action(StrEnum):
    SUSPEND = "suspend"
    RESUME = "resume"


KIND_LABELS = {
    ClientKind.PLATFORM: "平台企业",
    ClientKind.PROVINCE: "上级工会系统",
    ClientKind.HOTLINE: "12351 热线",
}

ADMINISTRATOR = (Role.ADMINISTRATOR,)
OVERSIGHT = (Role.ADMINISTRATOR, Role.SECURITY_OFFICER)

# fmt: off
LIFECYCLE = Lifecycle(
    State.ACTIVE,
    [
        # Whoever sees misuse first may stop it; to let a client in again is the administrator's.
        Move(Action.SUSPEND, (State.ACTIVE,),    State.SUSPENDED, OVERSIGHT),
        Move(Action.RESUME,  (State.SUSPENDED,), State.ACTIVE,    ADMINISTRATOR),
    ],
    labels={
        State.ACTIVE: "正常",
        State.SUSPENDED: "已停用",
        Action.SUSPEND: "停用",
        Action.RESUME: "恢复",
    },
)

SCOPES: dict[str, str] = {
    "membership:applications.write": "批量提交入会申请",
    "membership:applications.read":  "查询本接入方提交的入会申请",
    "membership:members.read":       "读取会员变动",
    "membership:webhooks.manage":    "管理会员服务的事件推送",
    "identity:webhooks.manage":      "管理身份服务的事件推送",
}
# fmt: on

MOST_NETWORKS = 50
MOST_PER_MINUTE = 6000
MOST_CONCURRENT = 50
# Shorter prefixes let in a good part of the world, which is no list.
WIDEST_4, WIDEST_6 = 8, 16
_SCOPE = re.compile(r"[a-z-]+:[a-z-]+\.[a-z-]+")


@dataclass(frozen=True, slots=True)
class Terms:
    """How a client is let in: from where, how often, how many at once, signed or not."""

    allow_list: tuple[str, ...]
    per_minute: int
    concurrent: int
    requires_signature: bool


def refuse_unsigned(kind: ClientKind, terms: Terms) -> None:
    """The hotline needs the token and a signature on each request (api.md, "Who is calling")."""
    if kind is ClientKind.HOTLINE and not terms.requires_signature:
        message = "12351 热线的每个请求都必须签名。"
        fault = FieldError("/requires_signature", "hotline", message)
        raise Unprocessable("热线接入方必须要求签名。", [fault])


def networks(given: Iterable[str]) -> tuple[str, ...]:
    """Addresses and networks in their usual spelling; raises Unprocessable for anything else."""
    found: list[str] = []
    for number, raw in enumerate(given):
        try:
            network = ip_network(raw.strip())
        except ValueError:
            raise _network_fault(number, "应为 IP 地址或网段，例如 203.0.113.0/24。") from None
        widest = WIDEST_4 if network.version == 4 else WIDEST_6
        if network.prefixlen < widest:
            raise _network_fault(number, "网段过大，请填写接入方自己的出口地址。")
        if str(network) not in found:
            found.append(str(network))
    return tuple(found)


def known_scopes(given: Iterable[str]) -> tuple[str, ...]:
    """Scopes sorted and named once; raises Unprocessable for one that no service knows."""
    wanted = sorted(set(given))
    faults = [
        FieldError("/scopes", "unknown-scope", f"没有“{scope}”这项接口权限。")
        if _SCOPE.fullmatch(scope)
        else FieldError("/scopes", "unknown-scope", "接口权限的写法不正确。")
        for scope in wanted
        if scope not in SCOPES
    ]
    if faults:
        raise Unprocessable("接口权限无法识别，请从列表中选择。", faults)
    return tuple(wanted)


def _network_fault(number: int, message: str) -> Unprocessable:
    fault = FieldError(f"/allow_list/{number}", "network", message)
    return Unprocessable("允许的来源地址填写不正确。", [fault])
