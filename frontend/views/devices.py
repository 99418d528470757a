"""The devices on which somebody is still logged in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontend.views.reading import text
from frontend.views.times import moment

# fmt: off
_WAYS = {
    "password+totp": "密码和动态口令",
    "provider":      "统一身份认证",
    "provider+totp": "统一身份认证和动态口令",
    "phone-code":    "手机验证码",
    "mini-program":  "微信小程序",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Device:
    """One log-in, told so that its owner knows it again."""

    title: str
    told: str
    is_current: bool


def device(item: Mapping[str, Any], now: datetime) -> Device:
    """When it was used last comes first: what one does not remember is somebody else's."""
    is_current = bool(item.get("is_current"))
    way = _WAYS.get(text(item, "auth"), "")
    began = f"{moment(text(item, 'started_at'), now)} 登录"
    return Device(
        title="这台设备" if is_current else f"最近使用：{moment(text(item, 'seen_at'), now)}",
        told="，".join(part for part in (began, way) if part),
        is_current=is_current,
    )
