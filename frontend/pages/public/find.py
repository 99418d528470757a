"""Find my union: by its name, initials, employer, place or street; public facts only."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import EnrolmentApi
from frontend.csrf import PageRoute
from frontend.render import render
from frontend.views.join import Found, found

router = APIRouter(route_class=PageRoute)
LONGEST = 60


@router.get("/find")
async def show(request: Request, enrolment: EnrolmentApi, q: str = "") -> Response:
    words = q.strip()[:LONGEST]
    looked = found(await enrolment.find_unions(words)) if words else Found([], [])
    return render(
        request, "public/find.html", fragment="public/_found.html", words=words, found=looked
    )
