"""The union tree, one level at a time, and finding a union by what it is called."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit, Visit
from frontend.views.unions import union_row
from services.chassis.kernel.actors import Role

router = staff_router()
FOUNDERS = (Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR)


@router.get("/unions")
async def listing(
    request: Request, visit: StaffVisit, membership: MembershipApi, after: str | None = None
) -> Response:
    page = await membership.get(
        "/unions", parent=str(visit.actor.union_id or ""), after=after, limit=_rows(request)
    )
    return _page(request, visit, page, after or "", "")


@router.post("/unions/searches")
async def search(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    text = str((await request.form()).get("text") or "").strip()
    page: Any = {"items": []}
    if text:
        page = await membership.send("POST", "/unions/searches", {"text": text})
    return _page(request, visit, page, "", text)


def _page(request: Request, visit: Visit, page: Any, after: str, text: str) -> Response:
    return render(
        request,
        "unions/listing.html",
        fragment="unions/_listing.html",
        rows=[union_row(item) for item in page["items"]],
        next=page.get("next"),
        after=after,
        text=text,
        may_found=visit.actor.has(*FOUNDERS),
        own=own_union(visit),
    )


def own_union(visit: Visit) -> UUID | None:
    """The union for which the visitor acts."""
    return visit.actor.union_id


def _rows(request: Request) -> str:
    return str(request.app.state.settings.rows)
