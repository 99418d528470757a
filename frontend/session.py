"""Who is looking at the page, and how a log-in begins and ends in the browser."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.edge.assertions import Keys, read_user
from services.chassis.kernel.actors import ANONYMOUS, Actor, Kind, Role
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Forbidden, Unauthenticated, Unavailable

COOKIE = "__Host-session"
HOME = {Kind.STAFF: "/desk", Kind.WORKER: "/my"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page: the person, their token, and what is passed on about them."""

    actor: Actor
    token: str | None
    request_id: str
    address: str
    language: str
    traceparent: str = ""

    @property
    def is_anonymous(self) -> bool:
        return self.actor.kind is Kind.ANONYMOUS


def visit_of(request: Request) -> Visit:
    """The visit behind ``request``, worked out once."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is None:
        known = _read(request)
        request.state.visit = known
        if getattr(request.state, "keys_unheard", False):
            raise Unavailable("登录服务暂时连不上，请稍后再试。", retry_after=5)
        # The request log names who asked.
        request.scope["niangjia.caller"] = known
    return known


def staff(request: Request) -> Visit:
    """The visit of a member of staff; anybody else is refused."""
    visit = visit_of(request)
    if visit.is_anonymous:
        raise Unauthenticated("请先登录。")
    if visit.actor.kind is not Kind.STAFF:
        raise Forbidden("这个页面供工会工作人员使用。")
    return visit


def worker(request: Request) -> Visit:
    """The visit of a worker who has verified their phone; anybody else is refused."""
    visit = visit_of(request)
    if visit.is_anonymous:
        raise Unauthenticated("请先用手机号登录。")
    if visit.actor.kind is not Kind.WORKER:
        raise Forbidden("这个页面供职工本人使用，请用手机号登录。")
    return visit


AnyVisit = Annotated[Visit, Depends(visit_of)]
StaffVisit = Annotated[Visit, Depends(staff)]
WorkerVisit = Annotated[Visit, Depends(worker)]


def begin(response: Response, session: str) -> None:
    """Hand the browser its session; it ends with the browser or when identity ends it."""
    _set(response, COOKIE, session)


def end(response: Response) -> None:
    """Take the session and everything kept on the device away (AUTH-07)."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    response.headers["clear-site-data"] = '"cookies", "storage"'


def keep(response: Response, name: str, value: str) -> None:
    """A small cookie of the pages' own, as strict as the session's."""
    _set(response, name, value)


def own_path(target: str | None, otherwise: str) -> str:
    """``target`` if it is a path on this site, never another origin (INP-11)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if any(ord(sign) < 33 or sign == "\\" for sign in target):
        return otherwise
    return target


def log_in_url(request: Request) -> str:
    """The log-in that comes back to the page that was asked for."""
    path = request.url.path
    doors = {"/my": "/my/login", "/join": "/join/phone"}
    base = next((door for area, door in doors.items() if path.startswith(area)), "/login")
    if request.method != "GET":
        return base
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{base}?next={quote(path + query, safe='/')}"


def may(visit: Visit, *roles: Role) -> bool:
    """Whether a page shows what only ``roles`` use; the services decide for themselves."""
    return visit.actor.has(*roles)


def _set(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="lax")


def _read(request: Request) -> Visit:
    headers = request.headers
    scheme, _, token = headers.get("authorization", "").partition(" ")
    actor: Actor = ANONYMOUS
    keys: Keys = request.app.state.user_keys
    if scheme.lower() == "bearer" and token:
        try:
            actor = read_user(token, keys, utc_now())
        except Unauthenticated:
            token = ""
    address = headers.get("x-forwarded-for") or (request.client.host if request.client else "")
    return Visit(
        actor=actor,
        token=token or None,
        request_id=headers.get("x-request-id") or str(new_id()),
        address=address,
        language=headers.get("accept-language", "zh-CN"),
        traceparent=headers.get("traceparent", ""),
    )
