"""A member of staff changes the password, also when it has run out and no log-in is possible."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.password import PASSWORD
from frontend.render import redirect, render
from services.chassis.kernel.refusals import Conflict, Forbidden, Unauthenticated, Unprocessable

router = APIRouter(route_class=PageRoute)


@router.get("/password")
async def show(request: Request) -> Response:
    return render(request, "session/password.html", form=Form(PASSWORD))


@router.post("/password")
async def change(request: Request, identity: IdentityApi) -> Response:
    form = Form(PASSWORD).typed(await request.form())
    if not form.errors:
        try:
            await identity.change_password(form.payload())
            return redirect(request, "/login", said="密码已更换，请用新密码登录。")
        except (Conflict, Forbidden, Unauthenticated, Unprocessable) as refusal:
            form = form.refused(refusal)
    return render(request, "session/password.html", status=422, form=form)
