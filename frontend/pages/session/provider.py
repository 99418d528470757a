"""Staff log in through the identity provider: off to it, back again, and the one-time code."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from frontend.clients.providers import ProvidersApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.provider import CODE
from frontend.render import redirect, render
from frontend.sealed import drop_sealed, keep_sealed, read_sealed
from frontend.session import AnyVisit, Visit, begin, own_path
from services.chassis.kernel.refusals import Refusal, Unauthenticated

router = APIRouter(route_class=PageRoute)
# The attempt, sealed: only the browser that left may come back.
COOKIE = "__Host-provider"
DENIED = "provider-refused"


@router.post("/login/provider")
async def leave(request: Request, visit: AnyVisit, providers: ProvidersApi) -> Response:
    target = own_path(str((await request.form()).get("next") or ""), "/desk")
    try:
        begun = await providers.leave()
    except Refusal as refusal:
        return _back(visit, refusal.code)
    return leaving(request, begun, target)


@router.get("/login/provider/return")
async def come_back(
    request: Request,
    visit: AnyVisit,
    providers: ProvidersApi,
    state: str = "",
    code: str = "",
) -> Response:
    """What the provider's page sends the browser to; the code goes out of the address at once."""
    kept = read_sealed(request, COOKIE)
    if not kept or not state or not code:
        return _back(visit, DENIED)
    try:
        answer = await providers.come_back(kept["attempt"], state, code)
        if answer["is_linked"]:
            return _over(redirect(request, "/session/devices", said="已关联统一身份认证。"))
        if answer["needs_code"]:
            return redirect(request, "/login/provider/code")
        return _entered(request, await providers.log_in(kept["attempt"]), kept["target"])
    except Refusal as refusal:
        return _over(_back(visit, refusal.code))


@router.get("/login/provider/code")
async def ask(request: Request) -> Response:
    if not read_sealed(request, COOKIE):
        return redirect(request, "/login")
    return render(request, "session/provider_code.html", form=Form(CODE))


@router.post("/login/provider/code")
async def enter(request: Request, visit: AnyVisit, providers: ProvidersApi) -> Response:
    kept = read_sealed(request, COOKIE)
    form = Form(CODE).typed(await request.form())
    if not kept:
        return _back(visit, DENIED)
    if not form.errors:
        try:
            begun = await providers.log_in(kept["attempt"], form.text("code").strip())
            return _entered(request, begun, kept["target"])
        except Unauthenticated as refusal:
            if refusal.code == "provider-refused":
                return _over(_back(visit, refusal.code))
            form = form.refused(refusal)
        except Refusal as refusal:
            form = form.refused(refusal)
    return render(request, "session/provider_code.html", status=422, form=form)


def leaving(request: Request, begun: dict[str, Any], target: str) -> Response:
    """A page that goes on by itself: a form may not lead to another site, a page may."""
    response = render(request, "session/provider_leaving.html", url=begun["url"])
    response.headers["refresh"] = f"0; url={begun['url']}"
    keep_sealed(request, response, COOKIE, {"attempt": begun["attempt"], "target": target})
    return response


def _entered(request: Request, begun: dict[str, Any], target: str) -> Response:
    response = _over(redirect(request, target))
    begin(response, begun["session"])
    return response


def _back(visit: Visit, code: str) -> Response:
    """Where the way began, with the reason in a word that stands for a sentence there."""
    base = "/login" if visit.is_anonymous else "/session/provider"
    return RedirectResponse(f"{base}?refused={code}", 303)


def _over(response: Response) -> Response:
    drop_sealed(response, COOKIE)
    return response
