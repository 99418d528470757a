"""Logging out ends the session everywhere and leaves nothing on the device."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from frontend.clients.identity import IdentityApi
from frontend.csrf import PageRoute
from frontend.session import AnyVisit, end
from services.chassis.kernel.actors import Kind
from services.chassis.kernel.refusals import Unauthenticated

router = APIRouter(route_class=PageRoute)


@router.post("/logout")
async def log_out(request: Request, visit: AnyVisit, identity: IdentityApi) -> Response:
    if not visit.is_anonymous:
        try:
            await identity.log_out()
        except Unauthenticated:
            # It had ended already, which is what was wanted.
            return _gone("/login")
    return _gone("/login" if visit.actor.kind is Kind.STAFF else "/")


@router.post("/logout/everywhere")
async def log_out_everywhere(request: Request, visit: AnyVisit, identity: IdentityApi) -> Response:
    if not visit.is_anonymous:
        try:
            await identity.log_out_everywhere()
        except Unauthenticated:
            # Only an ended session is refused, and this one cannot end the others any more.
            return _gone("/login")
    return _gone("/login" if visit.actor.kind is Kind.STAFF else "/")


def _gone(url: str) -> Response:
    response = RedirectResponse(url, 303)
    end(response)
    return response
