"""Search from anywhere: members and waiting applications by what a clerk would type."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.applications import queue_row
from frontend.views.members import member_row
from frontend.views.times import today
from services.chassis.kernel.actors import Role
from services.chassis.kernel.refusals import Forbidden, MethodNotAllowed, NotFound

router = staff_router()
_READERS = (Role.CLERK, Role.REVIEWER, Role.APPROVER, Role.AUDITOR)


@router.get("/search")
async def empty(request: Request, visit: StaffVisit) -> Response:
    return _page(request, "", [], [])


@router.post("/search")
async def search(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    text = str((await request.form()).get("text") or "").strip()
    if not text or not visit.actor.has(*_READERS):
        return _page(request, text, [], [])
    members = await _found(membership, "/members/searches", text)
    waiting = await _found(membership, "/applications/searches", text)
    return _page(request, text, members, waiting)


async def _found(membership: Membership, path: str, text: str) -> list[Any]:
    try:
        answer = await membership.send("POST", path, {"text": text})
    except (Forbidden, MethodNotAllowed, NotFound):
        return []
    found: list[Any] = answer["items"]
    return found


def _page(request: Request, text: str, members: list[Any], waiting: list[Any]) -> Response:
    return render(
        request,
        "search.html",
        text=text,
        members=[member_row(item) for item in members],
        applications=[queue_row(item, today()) for item in waiting],
    )
