"""The applications that wait, to be read one by one or decided many at once."""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.forms.form import KEY, carried
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit, Visit
from frontend.views.applications import queue_row
from frontend.views.decisions import Bulk, told
from frontend.views.lists import Pill
from frontend.views.reading import known_id
from frontend.views.times import today
from services.chassis.kernel.actors import Role

router = staff_router()
_STATES = {
    "submitted": "待审核",
    "returned": "退回补正",
    "draft": "草稿",
    "admitted": "已入会",
    "refused": "未通过",
    "withdrawn": "已撤回",
}


@router.get("/applications")
async def queue(
    request: Request,
    visit: StaffVisit,
    membership: MembershipApi,
    state: str = "submitted",
    batch: UUID | None = None,
    after: str | None = None,
) -> Response:
    wanted = state if state in _STATES else "submitted"
    bulk = Bulk(batch=str(batch or ""))
    return await _page(request, visit, membership, wanted, after, bulk)


@router.post("/applications/decisions")
async def decide_many(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    form = await request.form()
    chosen = tuple(str(one) for one in form.getlist("id"))
    outcome = "admitted" if form.get("outcome") == "admitted" else "refused"
    batch = known_id(form.get("batch"))
    is_whole = form.get("all") == "batch" and bool(batch)
    bulk = Bulk(chosen, str(form.get("reason") or "").strip(), batch, is_whole)
    if missing := bulk.missing(outcome):
        shown = replace(bulk, problem=missing)
        after = str(form.get("after") or "") or None
        return await _page(request, visit, membership, "submitted", after, shown, 422)
    which = {"batch_id": batch} if is_whole else {"application_ids": chosen}
    body = which | {"outcome": outcome, "reason": bulk.reason}
    answer = await membership.send("POST", "/decisions", body, key=carried(form, KEY))
    result = told(answer)
    if not result.kept_back:
        back = f"/applications?batch={batch}" if batch else "/applications"
        return redirect(request, back, said=result.summary)
    return render(request, "applications/decisions.html", result=result)


async def _page(
    request: Request,
    visit: Visit,
    membership: Membership,
    state: str,
    after: str | None,
    bulk: Bulk,
    status: int = 200,
) -> Response:
    within = f"&batch={bulk.batch}" if bulk.batch else ""
    page = await membership.get(
        "/applications", state=state, batch=bulk.batch, after=after, limit=_rows(request)
    )
    return render(
        request,
        "applications/queue.html",
        fragment="applications/_queue.html",
        status=status,
        rows=[queue_row(item, today()) for item in page["items"]],
        next=page.get("next"),
        after=after or "",
        state=state,
        query=urlencode({"state": state} | ({"batch": bulk.batch} if bulk.batch else {})),
        filters=[
            Pill(label, f"/applications?state={key}{within}", None, key == state)
            for key, label in _STATES.items()
        ],
        bulk=bulk,
        may_decide=state == "submitted" and visit.actor.has(Role.REVIEWER, Role.APPROVER),
        may_prepare=visit.actor.has(Role.CLERK),
    )


def _rows(request: Request) -> str:
    return str(request.app.state.settings.rows)
