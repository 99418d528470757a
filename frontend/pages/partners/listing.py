"""The other systems that call at one's union and below."""

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.partners import PartnersApi
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.partners import partner_row
from services.chassis.kernel.actors import Role

router = staff_router()


@router.get("/clients")
async def listing(
    request: Request, visit: StaffVisit, partners: PartnersApi, after: str | None = None
) -> Response:
    page = await partners.listed(after, request.app.state.settings.rows)
    return render(
        request,
        "partners/listing.html",
        rows=[partner_row(item) for item in page["items"]],
        next=page.get("next"),
        after=after or "",
        may_create=visit.actor.has(Role.ADMINISTRATOR),
    )
