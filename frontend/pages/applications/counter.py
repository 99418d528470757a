"""A clerk at the counter writes an application down for somebody, and hands it in."""

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.forms.counter import COUNTER
from frontend.forms.form import Form
from frontend.pages.applications.registration import body_of, show_form
from frontend.pages.frame import staff_router
from frontend.render import redirect
from frontend.session import StaffVisit
from services.chassis.kernel.refusals import Conflict, Forbidden, Unprocessable

router = staff_router()
RESIDENT_ID = "111"
AGAIN = "/applications/new"


@router.get("/applications/new")
async def show(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    own = str(visit.actor.union_id or "")
    form = Form(COUNTER).filled(document_kind=RESIDENT_ID, union_id=own)
    return await show_form(request, visit, membership, form, "/applications", find_url=AGAIN)


@router.post("/applications")
async def prepare(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    data = await request.form()
    form = Form(COUNTER).typed(data)
    if not form.errors:
        try:
            body = await body_of(membership, form)
            made = await membership.send("POST", "/applications", body, key=form.key)
            is_final = data.get("do") == "submit"
            return await hand_in(request, membership, made["id"], form.key, is_final=is_final)
        except (Conflict, Forbidden, Unprocessable) as refusal:
            form = form.refused(refusal)
    return await show_form(request, visit, membership, form, "/applications", 422, AGAIN)


async def hand_in(
    request: Request, membership: Membership, application_id: str, key: str, *, is_final: bool
) -> Response:
    """What was written is kept whatever happens; what speaks against handing it in is said."""
    url = f"/applications/{application_id}"
    if not is_final:
        return redirect(request, url, said="已保存，还没有提交审核。")
    answer = await membership.read(url)
    try:
        path = f"{url}/submission"
        await membership.send("PUT", path, key=f"{key}-submit", etag=answer.etag)
    except (Conflict, Unprocessable) as refusal:
        return redirect(request, url, said=f"已保存，但还不能提交：{refusal.detail}")
    return redirect(request, url, said="已登记并提交审核。")
