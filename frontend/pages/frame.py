"""What the left column counts; a page that is only a fragment does not ask."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request

from frontend.clients.membership import MembershipApi
from frontend.csrf import PageRoute
from frontend.render import wants_fragment
from frontend.session import visit_of
from frontend.views.shell import counts_of
from services.chassis.kernel.actors import Kind, Role
from services.chassis.kernel.refusals import Refusal

_COUNTED = (Role.CLERK, Role.REVIEWER, Role.APPROVER)


async def read_counts(request: Request, membership: MembershipApi) -> dict[str, Any]:
    """What waits, for the frame of any page; the desk's own page gets the whole desk."""
    visit = visit_of(request)
    if visit.actor.kind is not Kind.STAFF or not visit.actor.has(*_COUNTED):
        return {}
    if wants_fragment(request) or not _shows_a_page(request):
        return {}
    try:
        is_desk = request.url.path == "/desk"
        desk = await membership.desk() if is_desk else {"waiting": await membership.waiting()}
    except Refusal:
        # The column without numbers is better than no page.
        return {}
    request.state.counts = counts_of(visit.actor, desk)
    return dict(desk)


def _shows_a_page(request: Request) -> bool:
    """A search is posted, because what is typed is personal, but it shows a page as well."""
    return request.method == "GET" or request.url.path.endswith(("/search", "/searches"))


Counted = Annotated[dict[str, Any], Depends(read_counts)]


def staff_router() -> APIRouter:
    """A router whose pages carry the left column with its counts."""
    return APIRouter(route_class=PageRoute, dependencies=[Depends(read_counts)])
