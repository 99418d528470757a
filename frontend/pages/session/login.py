"""Staff log in with account, password and second factor, and go on to where they were going."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.clients.providers import Providers, ProvidersApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.provider import REFUSED
from frontend.forms.staff_login import STAFF_LOGIN
from frontend.render import redirect, render
from frontend.session import AnyVisit, begin, own_path
from services.chassis.kernel.refusals import Forbidden, TooMany, Unauthenticated, Unprocessable

router = APIRouter(route_class=PageRoute)


@router.get("/login")
async def show(
    request: Request,
    visit: AnyVisit,
    providers: ProvidersApi,
    next: str | None = None,  # noqa: A002  # the name in the address
    refused: str = "",
) -> Response:
    target = own_path(next, "/desk")
    if not visit.is_anonymous and visit.actor.kind == "staff":
        return redirect(request, target)
    form = Form(STAFF_LOGIN, detail=REFUSED.get(refused, ""))
    return await _page(request, providers, form, target)


@router.post("/login")
async def log_in(request: Request, identity: IdentityApi, providers: ProvidersApi) -> Response:
    data = await request.form()
    target = own_path(str(data.get("next") or ""), "/desk")
    form = Form(STAFF_LOGIN).typed(data)
    if form.errors:
        return await _page(request, providers, form, target, status=422)
    try:
        begun = await identity.log_in_staff(
            form.text("account"), form.text("password"), form.text("code").strip()
        )
    except (Unauthenticated, Forbidden, Unprocessable, TooMany) as refusal:
        status = 429 if isinstance(refusal, TooMany) else 422
        form = form.refused(refusal)
        if refusal.code == "password-expired":
            form = form.leading("/password", "现在就更换密码")
        return await _page(request, providers, form, target, status=status)
    response = redirect(request, target)
    begin(response, begun["session"])
    return response


async def _page(
    request: Request, providers: Providers, form: Form, target: str, status: int = 200
) -> Response:
    return render(
        request,
        "session/login.html",
        status=status,
        form=form,
        target=target,
        provider=await providers.one(),
    )
