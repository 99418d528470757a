"""The administrator makes an account and hands over its activation code."""

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.clients.membership import MembershipApi
from frontend.forms.accounts import NEW_ACCOUNT
from frontend.forms.form import Form
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit, Visit
from frontend.views.times import moment
from frontend.views.union_choice import offering_unions
from services.chassis.kernel.refusals import Conflict, Unprocessable

router = staff_router()


@router.get("/accounts/new")
async def show(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    form = Form(NEW_ACCOUNT).filled(union_id=str(visit.actor.union_id or ""))
    return await _page(request, visit, membership, form)


@router.post("/accounts")
async def create(
    request: Request, visit: StaffVisit, identity: IdentityApi, membership: MembershipApi
) -> Response:
    form = Form(NEW_ACCOUNT).typed(await request.form())
    if form.errors:
        return await _page(request, visit, membership, form, 422)
    try:
        made = await identity.create_account(form.payload(), form.key)
    except (Conflict, Unprocessable) as refusal:
        return await _page(request, visit, membership, form.refused(refusal), 422)
    return render(
        request,
        "accounts/invited.html",
        name=form.text("name"),
        account=form.text("account"),
        code=made["activation_code"],
        expires=moment(made["activation_expires_at"]),
        url=f"/accounts/{made['id']}",
    )


async def _page(
    request: Request, visit: Visit, membership: MembershipApi, form: Form, status: int = 200
) -> Response:
    words = request.query_params.get("union_text", "")
    form = await offering_unions(membership, visit.actor, form, words)
    return render(request, "accounts/new.html", status=status, form=form, words=words)
