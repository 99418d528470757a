"""One's own application: followed, and taken back as long as nothing is decided."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import Enrolment, EnrolmentApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.join import WITHDRAWAL
from frontend.render import redirect, render
from frontend.session import WorkerVisit
from frontend.views.my_application import my_application
from frontend.views.times import today
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Conflict, Stale, Unprocessable

router = APIRouter(route_class=PageRoute)
WITHDRAWN = "申请已撤回。以后想加入，可以随时重新申请。"


@router.get("/my/applications/{application_id}")
async def show(
    request: Request, visit: WorkerVisit, enrolment: EnrolmentApi, application_id: UUID
) -> Response:
    return await _page(request, enrolment, application_id, Form(WITHDRAWAL))


@router.post("/my/applications/{application_id}/withdrawal")
async def withdraw(
    request: Request, visit: WorkerVisit, enrolment: EnrolmentApi, application_id: UUID
) -> Response:
    form = Form(WITHDRAWAL).typed(await request.form())
    try:
        await enrolment.withdraw(str(application_id), form.text("reason"), form.key, form.etag)
    except (Conflict, Stale, Unprocessable) as refusal:
        return await _page(request, enrolment, application_id, form.refused(refusal), 422)
    return redirect(request, f"/my/applications/{application_id}", said=WITHDRAWN)


async def _page(
    request: Request, enrolment: Enrolment, application_id: UUID, form: Form, status: int = 200
) -> Response:
    known = await enrolment.application(application_id)
    return render(
        request,
        "worker/application.html",
        status=status,
        it=my_application(known.body, utc_now(), today()),
        form=form,
        etag=known.etag,
    )
