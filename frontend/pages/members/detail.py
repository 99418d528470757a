"""One member: facts masked, history told; the full value only for a purpose, and on record."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.forms.disclosure import DISCLOSURE
from frontend.forms.form import Form
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.disclosures import Disclosed, disclosed
from frontend.views.members import member_page
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Forbidden, TooMany, Unprocessable

router = staff_router()


@router.get("/members/{member_id}")
async def show(
    request: Request, visit: StaffVisit, membership: MembershipApi, member_id: UUID
) -> Response:
    return await _page(request, membership, member_id, Form(DISCLOSURE))


@router.post("/members/{member_id}/disclosures")
async def disclose(
    request: Request, visit: StaffVisit, membership: MembershipApi, member_id: UUID
) -> Response:
    form = Form(DISCLOSURE).typed(await request.form())
    if form.errors:
        return await _page(request, membership, member_id, form, status=422)
    answer = await membership.member(member_id)
    person_id = member_page(answer.body, utc_now()).person_id
    try:
        given = await membership.send("POST", f"/people/{person_id}/disclosures", form.payload())
    except (Forbidden, TooMany, Unprocessable) as refusal:
        return await _page(request, membership, member_id, form.refused(refusal), status=422)
    return await _page(request, membership, member_id, Form(DISCLOSURE), disclosed(given))


async def _page(
    request: Request,
    membership: MembershipApi,
    member_id: UUID,
    form: Form,
    shown: list[Disclosed] | None = None,
    status: int = 200,
) -> Response:
    answer = await membership.member(member_id)
    return render(
        request,
        "members/detail.html",
        status=status,
        it=member_page(answer.body, utc_now()),
        form=form,
        shown=shown or [],
    )
