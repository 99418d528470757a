"""The webhooks of clients, and what was sent and answered, told in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend.views.marks import Mark, mark
from frontend.views.reading import items, number, text
from frontend.views.times import moment

# fmt: off
_STATES = {
    "active":   Mark("推送中", "good",    "check"),
    "failing":  Mark("持续失败", "waiting", "alarm"),
    "paused":   Mark("已暂停", "muted",   "dash"),
    "disabled": Mark("已停止", "bad",     "cross"),
}
DELIVERY_STATES = {
    "waiting":   Mark("等待推送", "waiting", "half"),
    "delivered": Mark("已送达",   "good",    "check"),
    "dead":      Mark("没有送达", "bad",     "cross"),
    "withheld":  Mark("不再可见", "muted",   "dash"),
}
_TOPICS = {
    "membership.member.admitted":     "会员入会",
    "membership.application.decided": "入会申请办结",
    "membership.batch.applied":       "成批办结",
    "membership.union.founded":       "建立工会",
    "membership.union.changed":       "工会资料变化",
    "membership.webhook.tested":      "测试",
}
_ERRORS = {
    "timeout":            "接收方超时未答复",
    "connection":         "连接不上接收方",
    "tls":                "接收方的证书无效",
    "no-http":            "接收方答复的不是 HTTP",
    "target-private":     "地址指向内部网络，没有发送",
    "target-unresolved":  "域名无法解析",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """One webhook in the list and atop its own page."""

    id: str
    url: str
    client: str
    target: str
    topics: str
    description: str
    state: Mark
    warning: str
    made: str
    may_pause: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """How one event stands."""

    id: str
    url: str
    topic: str
    state: Mark
    attempts: str
    result: str
    when: str
    next: str


@dataclass(frozen=True, slots=True)
class AttemptPart:
    """One request with its answer."""

    title: str
    target: str
    result: str
    headers: tuple[tuple[str, str], ...]
    body: str
    answer: str


def webhook_row(item: Mapping[str, Any], service: str) -> WebhookRow:
    state = text(item, "state")
    shown = "failing" if state == "active" and text(item, "warning") else state
    return WebhookRow(
        id=text(item, "id"),
        url=f"/webhooks/{service}/{text(item, 'id')}",
        client=text(item, "client_name") or text(item, "client"),
        target=text(item, "url"),
        topics="、".join(topic_label(str(topic)) for topic in items(item, "topics")),
        description=text(item, "description"),
        state=_STATES.get(shown) or mark(shown),
        warning=text(item, "warning"),
        made=moment(text(item, "created_at")),
        may_pause="pause" in items(item, "actions"),
    )


def delivery_row(item: Mapping[str, Any], page: str) -> DeliveryRow:
    state = text(item, "state")
    return DeliveryRow(
        id=text(item, "id"),
        url=f"{page}/deliveries/{text(item, 'id')}",
        topic=topic_label(text(item, "topic")),
        state=DELIVERY_STATES.get(state) or mark(state),
        attempts=f"{number(item, 'attempts')} 次",
        result=_result(item, "last_status", "last_error"),
        when=moment(text(item, "created_at")),
        next=moment(text(item, "due_at")) if state == "waiting" else "",
    )


def attempt_part(item: Mapping[str, Any]) -> AttemptPart:
    headers = item.get("request_headers") or {}
    when, took = moment(text(item, "at")), number(item, "duration_ms")
    return AttemptPart(
        title=f"第 {number(item, 'number')} 次 · {when} · {took} 毫秒",
        target=text(item, "url"),
        result=_result(item, "status", "error"),
        headers=tuple((str(name), str(value)) for name, value in sorted(headers.items())),
        body=text(item, "request_body"),
        answer=text(item, "answer"),
    )


def topic_label(topic: str) -> str:
    return _TOPICS.get(topic, topic)


def _result(item: Mapping[str, Any], status: str, error: str) -> str:
    if (word := text(item, error)) != "":
        return _ERRORS.get(word, word)
    return f"答复 {item[status]}" if item.get(status) else "还没有答复"
