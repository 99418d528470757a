"""The sheets that were handed in, newest first."""

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.imports import import_row
from services.chassis.kernel.actors import Role
from services.chassis.kernel.clock import utc_now

router = staff_router()


@router.get("/imports")
async def listing(
    request: Request, visit: StaffVisit, membership: MembershipApi, after: str | None = None
) -> Response:
    rows = str(request.app.state.settings.rows)
    page = await membership.get("/imports", after=after, limit=rows)
    return render(
        request,
        "imports/listing.html",
        rows=[import_row(item, utc_now()) for item in page["items"]],
        next=page.get("next"),
        after=after or "",
        may_upload=visit.actor.has(Role.CLERK),
    )
