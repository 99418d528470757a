"""A new member of staff turns the activation code into a password and a second factor."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.csrf import PageRoute
from frontend.forms.activation import FIRST, SECOND
from frontend.forms.form import Form
from frontend.render import redirect, render
from frontend.sealed import drop_sealed, keep_sealed, read_sealed
from frontend.views.qr import qr_svg
from services.chassis.kernel.refusals import Refusal

router = APIRouter(route_class=PageRoute)
# Holds the secret, sealed, while its owner chooses a password.
COOKIE = "__Host-activation"


@router.get("/activation")
async def show(request: Request) -> Response:
    return render(request, "session/activation.html", form=Form(FIRST))


@router.post("/activation")
async def begin(request: Request, identity: IdentityApi) -> Response:
    form = Form(FIRST).typed(await request.form())
    if form.errors:
        return render(request, "session/activation.html", status=422, form=form)
    try:
        return await _second(
            request,
            identity,
            Form(SECOND).filled(
                account=form.text("account"), activation_code=form.text("activation_code")
            ),
        )
    except Refusal as refusal:
        return render(request, "session/activation.html", status=422, form=form.refused(refusal))


@router.post("/activation/confirmation")
async def confirm(request: Request, identity: IdentityApi) -> Response:
    form = Form(SECOND).typed(await request.form())
    if form.errors:
        return await _second(request, identity, form, status=422)
    try:
        await identity.activate(form.payload())
    except Refusal as refusal:
        return await _second(request, identity, form.refused(refusal), status=422)
    response = redirect(request, "/login", said="账号已经可以使用，请登录。")
    drop_sealed(response, COOKIE)
    return response


async def _second(
    request: Request, identity: IdentityApi, form: Form, status: int = 200
) -> Response:
    """The secret was scanned once already when the form comes back; it stays the same then."""
    known = {name: form.text(name) for name in ("account", "activation_code")}
    made = read_sealed(request, COOKIE)
    if status == 200 or made.get("for") != known:
        made = {"for": known} | await identity.activation_secret(known)
    response = render(
        request,
        "session/activation_second.html",
        status=status,
        form=form,
        secret=_in_fours(made["secret"]),
        qr=qr_svg(made["otpauth_uri"], "验证器二维码"),
    )
    keep_sealed(request, response, COOKIE, made)
    return response


def _in_fours(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
