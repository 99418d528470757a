"""Step 5: everything once more, and one button."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import Enrolment, EnrolmentApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.pages.join.answers import drop, keep, read, taken_up
from frontend.pages.join.stops import place
from frontend.render import redirect, render
from frontend.session import WorkerVisit
from frontend.views.my_application import check_rows
from services.chassis.kernel.refusals import Conflict, NotFound, Stale, Unprocessable

router = APIRouter(route_class=PageRoute)
RECEIVED = "您的入会申请已经提交。"


@router.get("/join/check")
async def show(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    if not read(request).draft:
        return redirect(request, "/join/person")
    return await _page(request, enrolment, Form(()))


@router.post("/join/check")
async def hand_in(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    form = Form(()).typed(await request.form())
    draft = read(request).draft
    try:
        await enrolment.submit(draft, form.key, form.etag)
    except (Conflict, Stale, Unprocessable) as refusal:
        return await _page(request, enrolment, form.refused(refusal), 422)
    return drop(redirect(request, f"/my/applications/{draft}", said=RECEIVED))


@router.post("/my/applications/{application_id}/resumption")
async def resume(
    request: Request, visit: WorkerVisit, enrolment: EnrolmentApi, application_id: UUID
) -> Response:
    """A draft from another day or device, or one that was returned, is taken up again."""
    known = await enrolment.application(application_id)
    return keep(request, redirect(request, "/join/check"), taken_up(known.body))


async def _page(request: Request, enrolment: Enrolment, form: Form, status: int = 200) -> Response:
    answers = read(request)
    try:
        known = await enrolment.application(answers.draft)
    except NotFound:
        # The draft was somebody else's, or is gone: what was answered stays.
        response = redirect(request, "/join/person")
        return keep(request, response, answers.with_(draft=""))
    fresh = Form((), key=form.key, etag=known.etag, detail=form.detail, errors=form.errors)
    return render(
        request,
        "join/check.html",
        status=status,
        at=place("check", answers),
        form=fresh,
        rows=check_rows(known.body, answers.employer_name),
        reason=known.body.get("reason", ""),
        is_returned=known.body.get("state") == "returned",
        consents=[one["title"] for one in known.body.get("consents", ())],
    )
