"""Answers recorded from the services' contracts: a small town union on an ordinary day."""

from collections.abc import Mapping
from typing import Any

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


_ANSWERS: dict[tuple[str, str], Any] = {
    ("GET", "/identity/v1/me"): ME,
    ("PUT", "/identity/v1/me/acting-union"): ME,
    ("DELETE", "/identity/v1/sessions/current"): {},
    ("POST", "/identity/v1/activations/secrets"): SECRET,
    ("PUT", "/identity/v1/activations"): {},
    ("POST", "/identity/v1/staff-sessions"): {
        "session": "s3cr3t-session",
        "access_token": "token",
        "expires_in": 600,
        "refresh_token": "refresh",
        "staff": {"id": ME["id"], "name": "李经办"},
    },
}
