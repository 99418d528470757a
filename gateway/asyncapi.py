"""One AsyncAPI document of all events: for clients' webhooks, and between our parts."""

from typing import Any

Document = dict[str, Any]

ID = "0193a5c2-b7e0-7c3e-8f10-5a2b9c4d6e7f"
UUID: Document = {"type": "string", "format": "uuid"}
HEADERS: Document = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": UUID | {"description": "事件编号，重试和重发时不变，用来去重。"},
        "webhook-timestamp": {"type": "string", "description": "本次发送的时间（Unix 秒）。"},
        "webhook-signature": {
            "type": "string",
            "description": "v1 签名；更换密钥期间有两个，以空格分开。",
        },
    },
}
INFO: Document = {
    "title": "娘家事件",
    "version": "1",
    "description": (
        "CloudEvents 1.0，按 Standard Webhooks 签名。至少送达一次，不保证顺序；"
        "同一对象的 sequence 递增。推送给接入方的事件只有编号和链接，内容请按链接读取。"
    ),
    "license": {"name": "Apache-2.0"},
}
TYPE = "application/cloudevents+json"


def asyncapi(openapi: Document) -> Document:
    """Drawn from the merged OpenAPI document, which carries every service's events."""
    events: Document = openapi.get("x-events", {})
    outside = {topic: _message(topic, one, is_thin=True) for topic, one in events.items()}
    inside = {f"{topic}.full": _message(topic, one, is_thin=False) for topic, one in events.items()}
    return {
        "asyncapi": "3.0.0",
        "info": INFO,
        "defaultContentType": TYPE,
        "channels": {
            "webhooks": _channel(None, "接入方设置的接收地址。", outside),
            "parts": _channel("/events", "平台各部分之间。", inside),
        },
        "operations": {
            "push": _sending("webhooks", "把事件推送给接入方。", outside),
            "tell": _sending("parts", "把事件告诉平台的其他部分。", inside),
        },
        "components": {"messages": outside | inside, "schemas": {"Headers": HEADERS}},
    }


def _channel(address: str | None, description: str, messages: Document) -> Document:
    refs = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    return {"address": address, "description": description, "messages": refs}


def _sending(channel: str, summary: str, messages: Document) -> Document:
    where = f"#/channels/{channel}"
    return {
        "action": "send",
        "channel": {"$ref": where},
        "summary": summary,
        "messages": [{"$ref": f"{where}/messages/{name}"} for name in messages],
    }


def _message(topic: str, event: Document, *, is_thin: bool) -> Document:
    service = topic.partition(".")[0]
    data, example = event["data"], event["example"]
    if is_thin:
        link = event["link"].replace("{subject}", ID)
        data = _thin()
        example = {"union_id": ID, "link": f"https://HOST/api/{service}/v1{link}"}
    payload = _payload(topic, service, data)
    shown = {
        name: value["const"] for name, value in payload["properties"].items() if "const" in value
    }
    shown |= {"id": ID, "subject": ID, "time": "2026-03-02T01:00:00+00:00", "sequence": 4711}
    return {
        "name": topic,
        "title": topic,
        "summary": event["summary"],
        "contentType": TYPE,
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": payload,
        "examples": [{"name": "example", "payload": shown | {"data": example}}],
    }


def _thin() -> Document:
    link = {"type": ["string", "null"], "format": "uri", "description": "在这里读取内容。"}
    union = {"type": ["string", "null"], "format": "uuid", "description": "所属工会。"}
    return {
        "type": "object",
        "required": ["union_id", "link"],
        "properties": {"union_id": union, "link": link},
        "additionalProperties": False,
    }


def _payload(topic: str, service: str, data: Document) -> Document:
    properties: Document = {
        "specversion": {"type": "string", "const": "1.0"},
        "id": UUID,
        "source": {"type": "string", "const": f"/{service}"},
        "type": {"type": "string", "const": topic},
        "subject": UUID,
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string", "const": "application/json"},
        "sequence": {"type": "integer", "minimum": 1},
        "data": data,
    }
    return {"type": "object", "required": list(properties), "properties": properties}
