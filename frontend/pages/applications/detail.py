"""One application: where it stands, what may be done now, what it says, what happened."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.forms.decision import DECISION
from frontend.forms.form import Form
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit
from frontend.views.applications import application_page
from frontend.views.times import today
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Conflict, Forbidden, Refusal, Stale, Unprocessable

router = staff_router()
# action: what is called for it, what its body says, what is said afterwards, is a reason due
# fmt: off
_ACTIONS: dict[str, tuple[str, dict[str, str], str, bool]] = {
    "admit":    ("decision",   {"outcome": "admitted"}, "已同意入会，会员号已生成。", False),
    "refuse":   ("decision",   {"outcome": "refused"},  "已作出决定，理由会告诉申请人。", True),
    "return":   ("return",     {},                      "已退回，理由会告诉申请人。", True),
    "submit":   ("submission", {},                      "已提交审核。", False),
    "withdraw": ("withdrawal", {},                      "申请已撤回。", True),
}
# fmt: on


@router.get("/applications/{application_id}")
async def show(
    request: Request, visit: StaffVisit, membership: MembershipApi, application_id: UUID
) -> Response:
    return await _page(request, membership, application_id, Form(DECISION))


@router.post("/applications/{application_id}/{action}")
async def act(
    request: Request,
    visit: StaffVisit,
    membership: MembershipApi,
    application_id: UUID,
    action: str,
) -> Response:
    part, body, said, needs_reason = _ACTIONS[action] if action in _ACTIONS else _ACTIONS["submit"]
    form = Form(DECISION).typed(await request.form())
    if form.errors and needs_reason:
        return await _page(request, membership, application_id, form, action, 422)
    reason = {"reason": form.text("reason")} if form.text("reason") else {}
    try:
        await membership.send(
            "PUT",
            f"/applications/{application_id}/{part}",
            body | reason,
            key=form.key,
            etag=form.etag,
        )
    except (Conflict, Stale, Forbidden, Unprocessable) as refusal:
        return await _refused(request, membership, application_id, form, action, refusal)
    return redirect(request, f"/applications/{application_id}", said=said)


async def _refused(
    request: Request,
    membership: MembershipApi,
    application_id: UUID,
    form: Form,
    action: str,
    refusal: Refusal,
) -> Response:
    status = {Stale: 412, Forbidden: 403, Unprocessable: 422}.get(type(refusal), 409)
    return await _page(request, membership, application_id, form.refused(refusal), action, status)


async def _page(
    request: Request,
    membership: MembershipApi,
    application_id: UUID,
    form: Form,
    tried: str = "",
    status: int = 200,
) -> Response:
    answer = await membership.application(application_id)
    return render(
        request,
        "applications/detail.html",
        status=status,
        it=application_page(answer.body, utc_now(), today()),
        etag=answer.etag,
        form=form,
        tried=tried,
    )
