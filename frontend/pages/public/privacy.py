"""What happens to personal data, in plain words, and the consent texts as they are in force."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import EnrolmentApi
from frontend.csrf import PageRoute
from frontend.render import render
from frontend.views.join import consent_texts
from services.chassis.kernel.refusals import OutOfTime, Unavailable

router = APIRouter(route_class=PageRoute)


@router.get("/privacy")
async def show(request: Request, enrolment: EnrolmentApi) -> Response:
    try:
        texts = consent_texts(await enrolment.texts())
    except (OutOfTime, Unavailable):
        # The notice itself can always be read.
        texts = []
    return render(request, "public/privacy.html", texts=texts)
