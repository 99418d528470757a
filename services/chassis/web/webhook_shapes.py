"""What clients say and are shown of their webhooks."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.config import JsonDict

from services.chassis.data.hooks import Wanted
from services.chassis.edge.targets import LONGEST_URL
from services.chassis.kernel.calendar import SHANGHAI
from services.chassis.kernel.hooks import DISABLE_AFTER, Filter, HookState, Reach
from services.chassis.web.text import Line

ID = "0193a5c2-b7e0-7c3e-8f10-5a2b9c4d6e7f"
AT = "2026-03-02T17:00:00+08:00"
TOPIC = "membership.member.admitted"

Instant = Annotated[
    datetime, PlainSerializer(lambda at: at.astimezone(SHANGHAI).isoformat(), return_type=str)
]
Topic = Annotated[str, Field(pattern=r"^[a-z]+(\.[a-z_-]+)+$", max_length=80)]
Url = Annotated[Line, Field(min_length=1, max_length=LONGEST_URL)]


def shown(**example: Any) -> JsonDict:
    return {"examples": [example]}


class FilterShape(BaseModel):
    """Whose facts are wanted; without a union all that the client may hear."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(union_id=None, reach="below"))

    union_id: UUID | None = Field(None, description="只要这个工会的事件；不填为全部可收到的")
    reach: Reach = Field(Reach.BELOW, description="below 含所有下级，only 仅此工会")


class WebhookIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=shown(
            url="https://platform.example.cn/union-events",
            topics=[TOPIC],
            filter={"union_id": None, "reach": "below"},
            description="会员入会后同步到派单系统",
        ),
    )

    url: Url = Field(description="接收地址：https，端口 443 或 8443，公网域名")
    topics: list[Topic] = Field(min_length=1, max_length=50, description="事件主题")
    filter: FilterShape = Field(default_factory=FilterShape)
    description: Annotated[Line, Field(max_length=200)] = ""

    def wanted(self) -> Wanted:
        return Wanted(
            self.url,
            tuple(dict.fromkeys(self.topics)),
            Filter(self.filter.union_id, self.filter.reach),
            self.description,
        )


class StateIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(state="paused"))

    state: Literal[HookState.ACTIVE, HookState.PAUSED] = Field(
        description="paused 暂停（事件保留），active 恢复并立即补发"
    )


class RotationIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra=shown(overlap_hours=24))

    overlap_hours: int = Field(24, ge=0, le=168, description="旧密钥继续签名的小时数")


class WebhookOut(BaseModel):
    """One hook; ``warning`` says in words what is wrong, before it is disabled."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra=shown(
            id=ID,
            client="platform-a",
            client_name="某某外卖平台",
            union_id=ID,
            url="https://platform.example.cn/union-events",
            topics=[TOPIC],
            filter={"union_id": None, "reach": "below"},
            description="会员入会后同步到派单系统",
            state="active",
            actions=["pause", "replay"],
            warning="",
            failing_since=None,
            disabled_at=None,
            disabled_reason="",
            created_at=AT,
            updated_at=AT,
            version=1,
        ),
    )

    id: UUID
    client: str
    client_name: str
    union_id: UUID
    url: str
    topics: list[str]
    filter: FilterShape
    description: str
    state: HookState
    actions: list[str]
    warning: str
    failing_since: Instant | None
    disabled_at: Instant | None
    disabled_reason: str
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, row: Any) -> "WebhookOut":
        return cls.model_validate(_facts(row))


class NewWebhookOut(WebhookOut):
    """The hook with its secret, which is shown this once."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra=shown(
            id=ID,
            client="platform-a",
            url="https://platform.example.cn/union-events",
            topics=[TOPIC],
            state="active",
            secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",  # noqa: S106  # an example
        ),
    )

    secret: str

    @classmethod
    def with_secret(cls, row: Any, secret: str) -> "NewWebhookOut":
        return cls.model_validate(_facts(row) | {"secret": secret})


class SecretOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra=shown(
            secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",  # noqa: S106  # an example
            previous_valid_until=AT,
        )
    )

    secret: str
    previous_valid_until: Instant


REASONS = {
    "gone": "接收方答复 410（已停用），推送已停止。",
    "failing": "接收方连续多日无法接收，推送已停止。",
    "client": "接入方已停用，推送已停止。",
}


def _facts(row: Any) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in row._fields if name != "secrets"}
    return facts | {
        "filter": {"union_id": row.filter_union, "reach": row.filter_reach},
        "actions": ["pause" if row.state == HookState.ACTIVE else "resume", "replay"],
        "warning": _warning(row),
    }


def _warning(row: Any) -> str:
    if row.state == HookState.DISABLED:
        return REASONS.get(row.disabled_reason, "推送已停止。")
    if row.warned_at is None or row.failing_since is None:
        return ""
    end = (row.failing_since + DISABLE_AFTER).astimezone(SHANGHAI)
    return f"接收方持续失败，若不恢复，推送将于 {end:%Y-%m-%d %H:%M} 之后停止。"
