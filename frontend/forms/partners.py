"""Another system that is registered, its key, its scopes, and why it is stopped."""

import json
from typing import Any

from frontend.forms.form import Field, Form, Option

NEW_CLIENT = (
    Field("name", "名称", "/name", max_length=100, width="medium", is_kept=True),
    Field(
        "kind",
        "类型",
        "/kind",
        kind="radio",
        options=(
            Option("platform", "平台企业", "为骑手、司机等批量提交入会申请"),
            Option("province", "上级工会系统", "省、市工会的业务系统"),
            Option("hotline", "12351 热线", "每个请求都要签名"),
        ),
    ),
    Field(
        "union_id", "在哪个工会", "/union_id", kind="select", hint="只能办理这个工会和它的下级。"
    ),
    Field("contact_name", "联系人", "/contact/name", max_length=50, width="medium"),
    Field(
        "contact_phone",
        "联系人手机",
        "/contact/phone",
        kind="tel",
        inputmode="tel",
        max_length=20,
        width="medium",
    ),
    Field(
        "allow_list",
        "允许的来源地址",
        "/allow_list",
        kind="textarea",
        hint="一行一个 IP 地址或网段，例如 203.0.113.0/28；不填则不限制。",
        is_required=False,
        max_length=3000,
    ),
    Field(
        "per_minute", "每分钟最多请求", "/per_minute", inputmode="numeric", max_length=4,
        width="short",
    ),
    Field(
        "concurrent", "同时最多请求", "/concurrent", inputmode="numeric", max_length=2,
        width="short",
    ),
    Field(
        "requires_signature",
        "除令牌外，每个请求都必须签名",
        "/requires_signature",
        kind="checkbox",
        is_required=False,
    ),
)  # fmt: skip
NEW_KEY = (
    Field(
        "jwk",
        "公钥（JWK）",
        "/jwk",
        kind="textarea",
        hint="由接入方提供，Ed25519 或 P-256。私钥只留在接入方自己的服务器上，不要粘贴到这里。",
        max_length=2000,
    ),
)
SCOPES = (
    Field(
        "scopes",
        "接口权限",
        "/scopes",
        kind="checkboxes",
        is_many=True,
        is_required=False,
    ),
)
WHY = (Field("reason", "理由", "/reason", kind="text", max_length=200, is_kept=True),)


def client_payload(form: Form) -> dict[str, Any]:
    """The answers as the API wants them: addresses as a list, numbers as numbers."""
    body = form.payload()
    body["allow_list"] = form.text("allow_list").split()
    body["requires_signature"] = bool(form.text("requires_signature"))
    for name in ("per_minute", "concurrent"):
        typed = form.text(name)
        body[name] = int(typed) if typed.isascii() and typed.isdigit() else typed
    return body


def jwk_of(form: Form) -> dict[str, Any] | None:
    """The key that was pasted in, or None when it is no JSON object."""
    try:
        found = json.loads(form.text("jwk"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
