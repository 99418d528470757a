"""A clerk corrects what was returned; the full numbers are shown for that, and on record."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.forms.counter import COUNTER
from frontend.forms.form import Form
from frontend.pages.applications.counter import hand_in
from frontend.pages.applications.registration import body_of, consent_texts, show_form
from frontend.pages.frame import staff_router
from frontend.session import StaffVisit
from frontend.views.enrolment import as_typed, not_given
from services.chassis.kernel.refusals import Conflict, Forbidden, Stale, Unprocessable

router = staff_router()
# Why the numbers are shown in full, as the code list of purposes has it.
CORRECT = {"purpose": "correct", "fields": ["document", "phone", "address"]}


@router.post("/applications/{application_id}/correction")
async def open_form(
    request: Request, visit: StaffVisit, membership: MembershipApi, application_id: UUID
) -> Response:
    answer = await membership.application(application_id)
    path = f"/applications/{application_id}"
    shown = await membership.send("POST", f"{path}/disclosures", CORRECT)
    typed = as_typed(answer.body, shown["facts"], await consent_texts(membership))
    form = Form(COUNTER, etag=answer.etag).filled(**{k: v for k, v in typed.items() if v})
    return await show_form(request, visit, membership, form, f"{path}/amendment")


@router.post("/applications/{application_id}/amendment")
async def save(
    request: Request, visit: StaffVisit, membership: MembershipApi, application_id: UUID
) -> Response:
    data = await request.form()
    form = Form(COUNTER).typed(data)
    path = f"/applications/{application_id}"
    answer = await membership.application(application_id)
    texts = await consent_texts(membership)
    if not form.errors:
        try:
            body = await body_of(membership, form)
            body["consents"] = not_given(body["consents"], answer.body, texts)
            await membership.send("PATCH", path, body, key=form.key, etag=form.etag)
            is_final = data.get("do") == "submit"
            return await hand_in(
                request, membership, str(application_id), form.key, is_final=is_final
            )
        except (Conflict, Forbidden, Stale, Unprocessable) as refusal:
            form = form.refused(refusal)
    return await show_form(request, visit, membership, form, f"{path}/amendment", 422)
