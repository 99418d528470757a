"""Answers recorded from the services' contracts: a small town union on an ordinary day."""

from collections.abc import Mapping
from typing import Any

from tests.frontend import recorded_membership, recorded_public
from tests.people import COUNTY, COUNTY_PATH, TOWN, TOWN_PATH

ME = {
    "kind": "staff",
    "id": "00000000-0000-0000-0000-000000000001",
    "name": "李经办",
    "acting_union": {"id": str(TOWN), "name": "唐桥镇总工会", "path": TOWN_PATH},
    "roles": ["clerk"],
    "unions": [
        {"id": str(TOWN), "name": "唐桥镇总工会", "path": TOWN_PATH, "roles": ["clerk"]},
        {"id": str(COUNTY), "name": "江临县总工会", "path": COUNTY_PATH, "roles": ["reviewer"]},
    ],
    "session_expires_at": "2026-11-21T20:10:00+08:00",
}
SECRET = {
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_uri": "otpauth://totp/Niangjia:li?secret=JBSWY3DPEHPK3PXP&issuer=Niangjia",
}

PROVIDER = {
    "is_configured": True,
    "label": "统一身份认证",
    "is_available": True,
    "needs_code": True,
}
LEAVING = {
    "attempt": "kq3Zr1mD8yC2bW7nT4hLs6uEoQpXaGfIvKcrV5d0mJx",
    "url": "https://id.example.gov.cn/authorize?state=s1",
}
_SESSIONS = [
    {
        "id": f"0193a5c2-b7e0-7c3e-8f10-0000000000c{number}",
        "started_at": "2026-11-20T08:10:00+08:00",
        "seen_at": "2026-11-20T09:12:00+08:00",
        "expires_at": "2026-11-20T20:10:00+08:00",
        "auth": "password+totp",
        "is_current": number == 1,
    }
    for number in (1, 2)
]


def recorded(method: str, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
    """The recorded answer, or the 404 that a service gives."""
    found = _ANSWERS.get((method, path.removeprefix("/api")))
    if found is None:
        return 404, {
            "type": "/problems/not-found",
            "title": "没有找到",
            "status": 404,
            "detail": "没有找到，或不在您的管理范围内。",
        }
    return 200 if method != "DELETE" else 204, found if method != "DELETE" else None


ACCOUNT = "0193a5c2-b7e0-7c3e-8f10-0000000000a1"
GRANT = "0193a5c2-b7e0-7c3e-8f10-0000000000b1"
_ACCOUNT = {
    "id": ACCOUNT,
    "account": "li.jingban",
    "name": "李经办",
    "masked_phone": "138****1234",
    "union": {"id": str(TOWN), "name": "唐桥镇总工会"},
    "state": "active",
    "state_label": "正常",
    "actions": ["reinvite", "suspend", "close"],
    "created_at": "2026-01-05T09:00:00+08:00",
    "password_set_at": None,
    "activation_expires_at": None,
    "version": 3,
    "locked_until": None,
}
HOOK = "0193a5c2-b7e0-7c3e-8f10-0000000000d1"
DELIVERY = "0193a5c2-b7e0-7c3e-8f10-0000000000d2"
_HOOK = {
    "id": HOOK,
    "client": "riders",
    "client_name": "某某外卖平台",
    "union_id": str(TOWN),
    "url": "https://platform.example.cn/union-events",
    "topics": ["membership.member.admitted"],
    "filter": {"union_id": None, "reach": "below"},
    "description": "派单系统",
    "state": "active",
    "actions": ["pause", "replay"],
    "warning": "接收方持续失败，若不恢复，推送将于 2026-11-24 09:10 之后停止。",
    "failing_since": "2026-11-19T09:10:00+08:00",
    "disabled_at": None,
    "disabled_reason": "",
    "created_at": "2026-11-01T09:10:00+08:00",
    "updated_at": "2026-11-01T09:10:00+08:00",
    "version": 2,
}
_SENT = {
    "id": DELIVERY,
    "webhook_id": "0193a5c2-b7e0-7c3e-8f10-0000000000d3",
    "topic": "membership.member.admitted",
    "subject": "0193a5c2-b7e0-7c3e-8f10-0000000000d4",
    "sequence": 4711,
    "state": "waiting",
    "attempts": 1,
    "due_at": "2026-11-20T10:10:00+08:00",
    "last_status": 503,
    "last_error": "",
    "created_at": "2026-11-20T09:10:00+08:00",
    "finished_at": None,
}
_ATTEMPT = {
    "number": 1,
    "at": "2026-11-20T09:10:00+08:00",
    "url": "https://platform.example.cn/union-events",
    "request_headers": {"webhook-id": "0193a5c2-b7e0-7c3e-8f10-0000000000d3"},
    "request_body": '{"type": "membership.member.admitted"}',
    "status": 503,
    "answer": "try later",
    "error": "",
    "duration_ms": 41,
}
_HOOKS = {
    ("GET", "/webhooks"): {"items": [_HOOK], "next": None},
    ("GET", f"/webhooks/{HOOK}"): _HOOK,
    ("PUT", f"/webhooks/{HOOK}/state"): _HOOK,
    ("POST", f"/webhooks/{HOOK}/replays"): {"id": DELIVERY, "state": "queued"},
    ("GET", f"/webhooks/{HOOK}/deliveries"): {"items": [_SENT], "next": None},
    ("GET", f"/webhooks/{HOOK}/deliveries/{DELIVERY}"): _SENT | {"log": [_ATTEMPT]},
    ("POST", f"/webhooks/{HOOK}/deliveries/{DELIVERY}/resendings"): _SENT,
}
CLIENT = "0193a5c2-b7e0-7c3e-8f10-0000000000c1"
_SCOPE = {"scope": "membership:applications.write", "label": "批量提交入会申请"}
_CLIENT = {
    "id": CLIENT,
    "name": "顺路跑腿",
    "kind": {"code": "platform", "label": "平台企业"},
    "union": {"id": str(TOWN), "name": "唐桥镇总工会"},
    "scopes": [_SCOPE],
    "allow_list": ["203.0.113.0/28"],
    "per_minute": 120,
    "concurrent": 4,
    "requires_signature": False,
    "state": "active",
    "state_label": "正常",
    "actions": ["suspend", "change", "register-key", "revoke-key", "grant"],
    "created_at": "2026-01-05T09:00:00+08:00",
    "version": 3,
    "contact": {"masked_name": "王**", "masked_phone": "138****1234"},
    "keys": [
        {
            "id": GRANT,
            "kid": "Fu6dYBoXyMJDPXnZcGZ_2nTXeZvVRJ6IEfR5DTDjlVk",
            "algorithm": "Ed25519",
            "not_before": "2026-01-05T09:00:00+08:00",
            "expires_at": None,
            "revoked_at": None,
            "is_good": True,
            "added_at": "2026-01-05T09:00:00+08:00",
        }
    ],
}
_SECRET = _CLIENT["keys"][0] | {"algorithm": "HMAC-SHA256", "secret": "whsec_8Jm4mZkq0xS2yq1v"}
_CLIENTS = {
    ("GET", "/clients"): {"items": [_CLIENT], "next": None},
    ("POST", "/clients"): {"id": CLIENT},
    ("GET", "/clients/scopes"): [_SCOPE],
    ("GET", f"/clients/{CLIENT}"): _CLIENT,
    ("PUT", f"/clients/{CLIENT}/scopes"): {},
    ("PUT", f"/clients/{CLIENT}/suspension"): {},
    ("POST", f"/clients/{CLIENT}/keys"): _CLIENT["keys"][0],
    ("POST", f"/clients/{CLIENT}/secrets"): _SECRET,
    ("DELETE", f"/clients/{CLIENT}/keys/{GRANT}"): {},
}
_GRANT = {
    "id": GRANT,
    "account_id": ACCOUNT,
    "account": "li.jingban",
    "account_name": "李经办",
    "union": {"id": str(TOWN), "name": "唐桥镇总工会"},
    "role": {"code": "clerk", "label": "经办"},
    "expires_on": "2027-12-31",
    "granted_at": "2026-01-05T10:00:00+08:00",
}
_INVITED = {
    "id": ACCOUNT,
    "activation_code": "K7QWM-3XPRT-9HVNB-C4JDZ",
    "activation_expires_at": "2026-11-24T09:00:00+08:00",
}
_AUDIT = {
    "id": GRANT,
    "at": "2026-11-21T06:02:00Z",
    "action": "application.admit",
    "subject_kind": "application",
    "subject": recorded_membership.APPLICATION,
    "outcome": "done",
    "actor_kind": "staff",
    "actor_id": ME["id"],
    "actor_name": "王审核",
    "actor_roles": ["reviewer"],
    "union_path": TOWN_PATH,
    "before": "submitted",
    "after": "admitted",
    "reason": "材料齐全",
    "details": {},
    "request_id": "0193a5c2b7e07c3e8f10",
    "address": "192.0.2.7",
}
_WHOLE = {"intact": True, "batches": 12, "rows": 480, "unsealed": 2, "problems": []}
_BROKEN = _WHOLE | {"intact": False, "problems": ["第 7 批第 3 条与封存时不一致。"]}

_IDENTITY: dict[tuple[str, str], Any] = {
    ("GET", "/me"): ME,
    ("PUT", "/me/acting-union"): ME,
    ("DELETE", "/sessions/current"): {},
    ("DELETE", "/sessions"): {},
    ("GET", "/identity-provider"): PROVIDER,
    ("GET", "/me/provider-link"): {"is_linked": False, "linked_at": None},
    ("POST", "/me/provider-link"): LEAVING,
    ("DELETE", "/me/provider-link"): {},
    ("POST", "/provider-log-ins"): LEAVING,
    ("POST", "/provider-answers"): {"is_linked": False, "needs_code": True},
    ("GET", "/me/sessions"): {"items": _SESSIONS},
    ("POST", "/activations/secrets"): SECRET,
    ("PUT", "/activations"): {},
    ("PUT", "/passwords"): {},
    ("POST", "/staff-sessions"): {
        "session": "s3cr3t-session",
        "access_token": "token",
        "expires_in": 600,
        "refresh_token": "refresh",
        "staff": {"id": ME["id"], "name": "李经办"},
    },
    ("POST", "/staff-sessions/provider"): {
        "session": "s3cr3t-session",
        "access_token": "token",
        "expires_in": 600,
        "refresh_token": "refresh",
        "staff": {"id": ME["id"], "name": "李经办"},
    },
    ("GET", "/accounts"): {"items": [_ACCOUNT], "next": None},
    ("POST", "/accounts"): _INVITED,
    ("POST", "/accounts/searches"): {"items": [_ACCOUNT], "next": None},
    ("GET", f"/accounts/{ACCOUNT}"): _ACCOUNT,
    ("POST", f"/accounts/{ACCOUNT}/activation-codes"): _INVITED,
    ("PUT", f"/accounts/{ACCOUNT}/suspension"): {},
    ("GET", f"/accounts/{ACCOUNT}/grants"): {"items": [_GRANT], "next": None},
    ("POST", f"/accounts/{ACCOUNT}/grants"): _GRANT,
    ("DELETE", f"/grants/{GRANT}"): {},
    ("GET", "/audit"): {"items": [_AUDIT], "next": None},
    ("GET", "/audit/verification"): _BROKEN,
}
_MEMBERSHIP = (
    recorded_membership.ANSWERS
    | recorded_public.ANSWERS
    | _HOOKS
    | {
        ("GET", "/audit"): {"items": [_AUDIT] * 5, "next": None},
        ("GET", "/audit/verification"): _WHOLE,
    }
)
_ANSWERS = {
    (method, f"/{service}/v1{path}"): answer
    for service, answers in (
        ("identity", _IDENTITY | _CLIENTS | recorded_public.IDENTITY),
        ("membership", _MEMBERSHIP),
    )
    for (method, path), answer in answers.items()
}
# The same by method and path below ``/api``, for tests that change them.
ALL = _ANSWERS
