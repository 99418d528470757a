"""Members of one's union and below: counted, listed, found by what a clerk would type."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.desk import counters
from frontend.views.members import member_row
from services.chassis.kernel.refusals import Refusal

router = staff_router()


@router.get("/members")
async def listing(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    found = await _search(request, membership, "", "")
    return await _page(request, membership, found, "")


@router.post("/members/searches")
async def search(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    form = await request.form()
    text = str(form.get("text") or "").strip()
    found = await _search(request, membership, text, str(form.get("after") or ""))
    return await _page(request, membership, found, text)


async def _search(request: Request, membership: Membership, text: str, after: str) -> Any:
    body = {"text": text, "limit": request.app.state.settings.rows}
    return await membership.search_members(body | ({"after": after} if after else {}))


async def _page(request: Request, membership: Membership, found: Any, text: str) -> Response:
    return render(
        request,
        "members/listing.html",
        fragment="members/_listing.html",
        rows=[member_row(item) for item in found["items"]],
        next=found.get("next"),
        text=text,
        counters=await _counted(membership),
    )


async def _counted(membership: Membership) -> Any:
    try:
        return counters(await membership.get("/members/counts"))
    except Refusal:
        # A list without its totals is still a list.
        return []
