"""The desk: what waits for me first, then what happened, then my union in numbers."""

from starlette.requests import Request
from starlette.responses import Response

from frontend.pages.frame import Counted, staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.desk import desk_of
from frontend.views.times import today
from services.chassis.kernel.actors import Role
from services.chassis.kernel.clock import utc_now

router = staff_router()


@router.get("/desk")
async def show(request: Request, visit: StaffVisit, desk: Counted) -> Response:
    return render(
        request,
        "desk/desk.html",
        desk=desk_of(desk, utc_now(), today()),
        has_casework=visit.actor.has(Role.CLERK, Role.REVIEWER, Role.APPROVER),
        may_prepare=visit.actor.has(Role.CLERK),
    )
