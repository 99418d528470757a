"""Members of one's union and below: counted, listed, found by what a clerk would type."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.pages.frame import staff_router
from frontend.render import render, wants_fragment
from frontend.session import StaffVisit
from frontend.views.desk import Counter, counters
from frontend.views.members import member_row
from services.chassis.kernel.refusals import Refusal

router = staff_router()


@router.get("/members")
async def listing(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    return await _page(request, membership, "", "")


@router.post("/members/searches")
async def search(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    form = await request.form()
    text = str(form.get("text") or "").strip()
    return await _page(request, membership, text, str(form.get("after") or ""))


async def _page(request: Request, membership: Membership, text: str, after: str) -> Response:
    """The list and its totals are asked for at once; htmx gets the list alone."""
    found, counted = await asyncio.gather(
        _search(request, membership, text, after), _counted(request, membership)
    )
    return render(
        request,
        "members/listing.html",
        fragment="members/_listing.html",
        rows=[member_row(item) for item in found["items"]],
        next=found.get("next"),
        text=text,
        counters=counted,
    )


async def _search(request: Request, membership: Membership, text: str, after: str) -> Any:
    body = {"text": text, "limit": request.app.state.settings.rows}
    return await membership.search_members(body | ({"after": after} if after else {}))


async def _counted(request: Request, membership: Membership) -> list[Counter]:
    if wants_fragment(request):
        return []
    try:
        return counters(await membership.get("/members/counts"))
    except Refusal:
        # A list without its totals is still a list.
        return []
