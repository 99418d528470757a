"""One member: facts masked, history told; the full value only for a purpose, and on record."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.forms.disclosure import DISCLOSURE
from frontend.forms.form import Form
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.disclosures import Disclosed, disclosed
from frontend.views.members import member_page
from frontend.views.reading import items
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Forbidden, NotFound, TooMany, Unprocessable

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
    person_id = answer.body["person_id"]
    try:
        given = await membership.send("POST", f"/people/{person_id}/disclosures", form.payload())
    except (Forbidden, TooMany, Unprocessable) as refusal:
        return await _page(request, membership, member_id, form.refused(refusal), status=422)
    return await _page(request, membership, member_id, Form(DISCLOSURE), disclosed(given))


async def _page(
    request: Request,
    membership: Membership,
    member_id: UUID,
    form: Form,
    shown: list[Disclosed] | None = None,
    status: int = 200,
) -> Response:
    answer = await membership.member(member_id)
    history = await _history(membership, answer.body["person_id"])
    return render(
        request,
        "members/detail.html",
        status=status,
        it=member_page(answer.body, history, utc_now()),
        form=form,
        shown=shown or [],
    )


async def _history(membership: Membership, person_id: str) -> list[Any]:
    try:
        return items(await membership.get(f"/people/{person_id}/timeline"))
    except (Forbidden, NotFound):
        # Whoever may see the member need not see everything that happened to the person.
        return []
