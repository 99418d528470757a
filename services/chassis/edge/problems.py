"""The one place where a refusal becomes an HTTP answer (RFC 9457), and back again."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.chassis.kernel import refusals
from services.chassis.kernel.refusals import FieldError, Refusal, Unprocessable

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[Refusal], int] = {
    refusals.Malformed: 400,
    refusals.Unauthenticated: 401,
    refusals.Forbidden: 403,
    refusals.NotFound: 404,
    refusals.MethodNotAllowed: 405,
    refusals.Conflict: 409,
    refusals.Gone: 410,
    refusals.Stale: 412,
    refusals.TooLarge: 413,
    refusals.UnsupportedMedia: 415,
    refusals.Unprocessable: 422,
    refusals.PreconditionRequired: 428,
    refusals.TooMany: 429,
    refusals.Unavailable: 503,
    refusals.OutOfTime: 504,
}


def status_of(refusal: Refusal) -> int:
    """The status of the nearest ancestor that the table names; 409 for a bare Refusal."""
    return next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), 409)


def document(refusal: Refusal, request_id: str = "") -> dict[str, Any]:
    """The problem document: type, title, status, detail, request_id, errors, context."""
    body: dict[str, Any] = {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": status_of(refusal),
        "detail": refusal.detail,
        "request_id": request_id,
    }
    if isinstance(refusal, Unprocessable) and refusal.errors:
        body["errors"] = [
            {"pointer": e.pointer, "code": e.code, "message": e.message} for e in refusal.errors
        ]
    return body | refusal.context


def problem(refusal: Refusal, request_id: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a refused request."""
    headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store"}
    retry_after = getattr(refusal, "retry_after", None)
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    if isinstance(refusal, refusals.Unauthenticated):
        headers["www-authenticate"] = "Bearer"
    body = orjson.dumps(document(refusal, request_id), default=str)
    return status_of(refusal), headers, body


_KNOWN = {"type", "title", "status", "detail", "request_id", "errors"}


class PeerRefusal(Refusal):
    """A peer's problem whose code this part does not know; it keeps the peer's words."""


def refusal_from(status: int, body: Mapping[str, Any], retry_after: int | None = None) -> Refusal:
    """A peer's problem document as the refusal that it was before it travelled."""
    code = str(body.get("type", "")).rpartition("/")[2]
    detail = str(body.get("detail") or "对方系统没有给出说明，请稍后再试。")
    context = {key: value for key, value in body.items() if key not in _KNOWN}
    kind = _kind_of(status, code)
    refusal = kind.__new__(kind)
    Refusal.__init__(refusal, detail, **context)
    if isinstance(refusal, Unprocessable):
        refusal.errors = tuple(
            FieldError(str(e.get("pointer", "")), str(e.get("code", "")), str(e.get("message", "")))
            for e in body.get("errors", ())
        )
    if hasattr(kind, "retry_after") or status in (429, 503) or kind is refusals.StillRunning:
        refusal.retry_after = retry_after or 10  # type: ignore[attr-defined]  # set only on kinds that have it
    return refusal


def _kind_of(status: int, code: str) -> type[Refusal]:
    for kind in _all_kinds(Refusal):
        if kind.code == code and kind is not PeerRefusal:
            return kind
    by_status = {value: key for key, value in STATUS.items()}
    base = by_status.get(status, refusals.Unavailable if status >= 500 else refusals.Conflict)
    return type("Peer" + base.__name__, (base,), {"code": code or base.code})


def _all_kinds(kind: type[Refusal]) -> list[type[Refusal]]:
    found = [kind]
    for sub in kind.__subclasses__():
        found.extend(_all_kinds(sub))
    return found
