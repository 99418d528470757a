"""How this browser likes its pages: larger type, or not."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from frontend.csrf import PageRoute
from frontend.render import ELDER_COOKIE
from frontend.session import keep, own_path

router = APIRouter(route_class=PageRoute)


@router.post("/preferences")
async def prefer(request: Request) -> Response:
    form = await request.form()
    response = RedirectResponse(own_path(str(form.get("back") or ""), "/"), 303)
    keep(response, ELDER_COOKIE, "1" if form.get("elder") == "1" else "0")
    return response
