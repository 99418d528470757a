"""Somebody with roles at several unions chooses for which one to act."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.csrf import PageRoute
from frontend.render import redirect, render
from frontend.session import StaffVisit, own_path
from frontend.views.unions import choices_of

router = APIRouter(route_class=PageRoute)


@router.get("/session/union")
async def show(request: Request, visit: StaffVisit, identity: IdentityApi) -> Response:
    unions = choices_of(await identity.me())
    return render(request, "session/union.html", unions=unions)


@router.post("/session/union")
async def choose(request: Request, visit: StaffVisit, identity: IdentityApi) -> Response:
    form = await request.form()
    await identity.act_for(str(form.get("union_id") or ""))
    return redirect(request, own_path(str(form.get("next") or ""), "/desk"))
