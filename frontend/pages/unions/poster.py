"""A union's poster: a QR code that leads to joining this very union, ready for the printer."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.qr import qr_svg
from frontend.views.unions import union_page

router = staff_router()


@router.get("/unions/{union_id}/poster")
async def show(
    request: Request, visit: StaffVisit, membership: MembershipApi, union_id: UUID
) -> Response:
    union = union_page((await membership.union(union_id)).body)
    made = await membership.get(f"/unions/{union_id}/poster-code")
    url = made["url"]
    return render(
        request,
        "unions/poster.html",
        it=union,
        code=made["code"],
        url=url,
        qr=qr_svg(url, f"扫码加入{union.name}"),
    )
