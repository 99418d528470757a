"""One's own log-in: who one is here, since when, until when."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.clients.providers import ProvidersApi
from frontend.csrf import PageRoute
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.devices import device
from frontend.views.times import moment
from services.chassis.kernel.clock import utc_now

router = APIRouter(route_class=PageRoute)


@router.get("/session/devices")
async def show(
    request: Request, visit: StaffVisit, identity: IdentityApi, providers: ProvidersApi
) -> Response:
    me = await identity.me()
    has_provider = (await providers.one())["is_configured"]
    return render(
        request,
        "session/devices.html",
        name=me["name"],
        union=visit.actor.union_name,
        ends=moment(me.get("session_expires_at")),
        has_provider=has_provider,
        is_linked=has_provider and (await providers.my_link())["is_linked"],
        sessions=[device(one, utc_now()) for one in await identity.my_sessions()],
    )
