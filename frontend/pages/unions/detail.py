"""One union: its facts, the unions below it, and the way to its poster."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.pages.frame import staff_router
from frontend.pages.unions.listing import FOUNDERS
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.unions import union_page, union_row
from services.chassis.kernel.actors import Role

router = staff_router()
_CHANGERS = (Role.CLERK, *FOUNDERS)


@router.get("/unions/{union_id}")
async def show(
    request: Request,
    visit: StaffVisit,
    membership: MembershipApi,
    union_id: UUID,
    after: str | None = None,
) -> Response:
    answer = await membership.union(union_id)
    below = await membership.get(
        "/unions", parent=str(union_id), after=after, limit=str(request.app.state.settings.rows)
    )
    return render(
        request,
        "unions/detail.html",
        it=union_page(answer.body),
        is_own=union_id == visit.actor.union_id,
        rows=[union_row(item) for item in below["items"]],
        next=below.get("next"),
        after=after or "",
        may_change=visit.actor.has(*_CHANGERS),
        may_found=visit.actor.has(*FOUNDERS),
        may_post=visit.actor.has(Role.CLERK, Role.REVIEWER, Role.APPROVER),
    )
