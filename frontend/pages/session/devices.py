"""One's own log-in: who one is here, since when, until when."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.csrf import PageRoute
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.devices import device
from frontend.views.times import moment
from services.chassis.kernel.clock import utc_now

router = APIRouter(route_class=PageRoute)


@router.get("/session/devices")
async def show(request: Request, visit: StaffVisit, identity: IdentityApi) -> Response:
    me = await identity.me()
    return render(
        request,
        "session/devices.html",
        name=me["name"],
        union=visit.actor.union_name,
        ends=moment(me.get("session_expires_at")),
        sessions=[device(one, utc_now()) for one in await identity.my_sessions()],
    )
