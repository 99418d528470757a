"""What is one's own, at one look: membership, applications, and the ways on."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import Enrolment, EnrolmentApi
from frontend.csrf import PageRoute
from frontend.render import render
from frontend.session import WorkerVisit
from frontend.views.my_application import my_row
from frontend.views.my_membership import my_membership
from services.chassis.kernel.refusals import NotFound

router = APIRouter(route_class=PageRoute)


@router.get("/my")
async def show(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    member = await membership_of(enrolment)
    applications = [my_row(one) for one in await enrolment.my_applications()]
    return render(
        request,
        "worker/home.html",
        member=my_membership(member) if member else None,
        applications=applications,
        has_open=any(one.is_open for one in applications),
    )


async def membership_of(enrolment: Enrolment) -> Any:
    """The membership, or nothing as long as there is none."""
    try:
        return await enrolment.my_membership()
    except NotFound:
        return None
