"""The administrator registers another system."""

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.clients.partners import PartnersApi
from frontend.forms.form import Form
from frontend.forms.partners import NEW_CLIENT, client_payload
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit, Visit
from frontend.views.union_choice import offering_unions
from services.chassis.kernel.refusals import Conflict, Forbidden, Unprocessable

router = staff_router()


@router.get("/clients/new")
async def show(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    form = Form(NEW_CLIENT).filled(
        union_id=str(visit.actor.union_id or ""), per_minute="120", concurrent="4"
    )
    return await _page(request, visit, membership, form)


@router.post("/clients")
async def create(
    request: Request, visit: StaffVisit, partners: PartnersApi, membership: MembershipApi
) -> Response:
    form = Form(NEW_CLIENT).typed(await request.form())
    if form.errors:
        return await _page(request, visit, membership, form, 422)
    try:
        made = await partners.create(client_payload(form), form.key)
    except (Conflict, Forbidden, Unprocessable) as refusal:
        return await _page(request, visit, membership, form.refused(refusal), 422)
    return redirect(request, f"/clients/{made['id']}", said="已登记接入方，请安全员授予接口权限。")


async def _page(
    request: Request, visit: Visit, membership: MembershipApi, form: Form, status: int = 200
) -> Response:
    words = request.query_params.get("union_text", "")
    form = await offering_unions(membership, visit.actor, form, words)
    return render(request, "partners/new.html", status=status, form=form, words=words)
