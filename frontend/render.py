"""A browser gets the page; htmx, asking from inside that page, gets one fragment of it."""

import secrets
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from frontend import csrf, flash
from frontend.assets import Assets
from frontend.packing import chosen_coding, packed
from frontend.session import keep, visit_of
from frontend.views.shell import Shell, shell_of
from services.chassis.kernel.ids import new_id

TEMPLATES = Path(__file__).parent / "templates"
ELDER_COOKIE = "__Host-elder"
# Compressing less than this costs more than it saves.
_WORTH_PACKING = 600


def templates(assets: Assets) -> Environment:
    """The templates, knowing the addresses of the static files."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = assets.url
    environment.globals["has_htmx"] = "htmx.js" in assets
    environment.globals["new_key"] = lambda: str(new_id())
    return environment


def render(
    request: Request, page: str, *, fragment: str | None = None, status: int = 200, **context: Any
) -> HTMLResponse:
    """The page, or under htmx its ``fragment``; compressed, never stored, never cached."""
    is_fragment = fragment is not None and wants_fragment(request)
    name = fragment if fragment is not None and is_fragment else page
    browser = request.cookies.get(csrf.COOKIE)
    fresh = None
    if browser is None and visit_of(request).is_anonymous:
        fresh = secrets.token_urlsafe(24)
        request.cookies[csrf.COOKIE] = fresh
    said = "" if is_fragment else flash.said(request)
    shell = _shell(request, said)
    html = request.app.state.templates.get_template(name).render(shell=shell, **context)
    response = _packed(request, html, status)
    if fresh:
        keep(response, csrf.COOKIE, fresh)
    if said:
        flash.forget(response)
    return response


def redirect(request: Request, url: str, *, said: str = "") -> Response:
    """After a form that worked: on to ``url``, where ``said`` is shown once."""
    response: Response
    if wants_fragment(request):
        target = {"path": url, "target": "body", "headers": {"HX-Boosted": "true"}}
        response = Response(status_code=200, headers={"HX-Location": orjson.dumps(target).decode()})
    else:
        response = RedirectResponse(url, 303)
    if said:
        flash.say(request, response, said)
    return response


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks from inside a page, and not for a whole page."""
    headers = request.headers
    return "HX-Request" in headers and not (
        "HX-Boosted" in headers or "HX-History-Restore-Request" in headers
    )


def _shell(request: Request, said: str) -> Shell:
    forgery: csrf.Csrf = request.app.state.csrf
    return shell_of(
        visit_of(request).actor,
        path=request.url.path,
        counts=getattr(request.state, "counts", {}),
        csrf=forgery.token(csrf.binding(request)),
        said=said,
        is_elder=request.cookies.get(ELDER_COOKIE) == "1",
    )


def _packed(request: Request, html: str, status: int) -> HTMLResponse:
    body = html.encode()
    headers = {"vary": "HX-Request, Accept-Encoding", "cache-control": "no-store"}
    coding = chosen_coding(request.headers.get("accept-encoding", ""))
    if coding and len(body) >= _WORTH_PACKING:
        headers["content-encoding"] = coding
        body = packed(body, coding, once=False)
    return HTMLResponse(body, status, headers=headers)
