"""What the services answer to a courier, and to anybody at the front door."""

from typing import Any

from tests.frontend import recorded_membership as recorded
from tests.people import OTHER_TOWN, TOWN

POSTER = "7KQ2MX"
DRAFT = recorded.APPLICATION
CONSENT = "0193a5c2-b7e0-7c3e-8f10-00000000000c"
TOKEN = "AQGTpcK34Hw-jxBaK5xNbn8"

TANGQIAO = {
    "id": str(TOWN),
    "name": "唐桥镇总工会",
    "level": {"code": "3", "label": "乡镇（街道）、开发区总工会"},
    "kind": {"code": "9", "label": "地方总工会"},
    "division": {"code": "320582101", "label": "江临县"},
    "address": "唐桥镇人民路 18 号",
    "phone": "0512-58440000",
    "employer_name": None,
    "catches_all": True,
    "trade": None,
}
SHUNDA = TANGQIAO | {
    "id": str(OTHER_TOWN),
    "name": "顺达速递有限公司工会",
    "employer_name": "顺达速递有限公司",
    "catches_all": False,
}


def own(state: str = "draft", **more: Any) -> dict[str, Any]:
    """One's own application, as its worker sees it."""
    actions = ["withdraw"] if state == "submitted" else ["submit", "withdraw"]
    return recorded.application(1, state) | {
        "id": DRAFT,
        "actions": actions,
        "union": {"id": str(TOWN), "name": "唐桥镇总工会", "phone": "0512-58440000"},
        "relation": {"code": "partial", "label": "平台或站点管着我接单"},
        "is_overdue": False,
        **more,
    }


_MEMBER = recorded.member(1)
_WAY = {
    "path": "P2",
    "path_label": {"code": "P2", "label": "就近入会"},
    "joins": "area_union",
    "label": "工作地或居住地的乡镇（街道）、开发区、村（社区）工会",
    "moves_later": False,
    "reason": "依托平台就业，就近加入工作地或居住地的工会。",
    "rule": "M-10 P2, M-31",
}

ANSWERS: dict[tuple[str, str], Any] = {
    ("GET", f"/unions/{TOWN}/public"): TANGQIAO,
    ("GET", f"/unions/{OTHER_TOWN}/public"): SHUNDA,
    ("GET", f"/posters/{POSTER}"): {"code": POSTER, "label": "美团唐桥站", "union": TANGQIAO},
    ("POST", "/unions/searches"): {"items": [SHUNDA], "catching": [TANGQIAO], "next": None},
    ("POST", "/enrolment-paths"): _WAY,
    ("GET", "/applications/mine"): {"items": [own("submitted"), own("returned")], "next": None},
    ("PATCH", f"/applications/{DRAFT}"): own(),
    ("PUT", f"/applications/{DRAFT}/withdrawal"): own("withdrawn"),
    ("POST", f"/applications/{DRAFT}/disclosures"): {
        "facts": {
            "document": "320582199003070010",
            "phone": "13800001234",
            "birth": "1990-03-07",
            "address": "唐桥镇人民路 5 号",
        },
        "hide_at": "2026-11-21T18:10:00+08:00",
    },
    ("GET", "/members/mine"): _MEMBER,
    ("GET", "/members/mine/card"): {
        "number": _MEMBER["number"],
        "name": _MEMBER["name"],
        "union": "唐桥镇总工会",
        "state": {"code": "active", "label": "在会"},
        "token": TOKEN,
        "url": f"/verify#{TOKEN}",
        "qr_svg": "<svg></svg>",
        "valid_until": "2026-11-21T18:05:00+08:00",
    },
    ("GET", f"/people/{recorded.PERSON}"): {
        "id": recorded.PERSON,
        "person": recorded.application(1)["person"],
    },
    ("POST", "/card-verifications"): {
        "valid": True,
        "reason": "",
        "name": "陈**",
        "union": "唐桥镇总工会",
        "state": {"code": "active", "label": "在会"},
        "checked_at": "2026-11-21T18:02:00+08:00",
    },
    ("GET", "/consents"): {
        "items": [
            {
                "id": CONSENT,
                "purpose": "p2",
                "title": "接收服务信息",
                "version": "2026-01",
                "given_at": "2026-11-09T09:02:00+08:00",
                "channel": "online",
                "withdrawn_at": None,
            }
        ],
        "next": None,
    },
    ("PUT", f"/consents/{CONSENT}/withdrawal"): {"id": CONSENT, "purpose": "p2"},
    ("POST", "/consents"): {"items": [], "next": None},
}
IDENTITY: dict[tuple[str, str], Any] = {
    ("POST", "/phone-codes"): {"resend_after": 60, "expires_in": 300},
    ("POST", "/worker-sessions"): {
        "session": "w0rker-session",
        "access_token": "token",
        "expires_in": 600,
        "refresh_token": "refresh",
        "person": {"masked_phone": "138****1234"},
    },
}
