"""One sheet: its progress while work is under way, then its dry run with the wrong cells open."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from frontend.clients.membership import MembershipApi
from frontend.forms.form import Form
from frontend.pages.frame import staff_router
from frontend.render import redirect, render, wants_fragment
from frontend.session import StaffVisit
from frontend.views.imports import SHOWS, columns, filters, import_page, sheet_row
from services.chassis.kernel.actors import Role
from services.chassis.kernel.clock import utc_now

router = staff_router()
# action: what is called for it, what its body says, and what is said afterwards
_ACTIONS = {
    "confirm": ("confirmation", "evidence", ""),
    "cancel": ("cancellation", "", "这次导入已取消。"),
    "reverse": ("reversal", "reason", ""),
}


@router.get("/imports/{import_id}")
async def show(
    request: Request,
    visit: StaffVisit,
    membership: MembershipApi,
    import_id: UUID,
    show: str = "",
    after: str | None = None,
) -> Response:
    answer = await membership.read(f"/imports/{import_id}")
    it = import_page(answer.body, utc_now())
    show = show if show in SHOWS else ("faulty" if it.wrong else "all")
    rows, following = [], None
    if not it.is_running:
        rows_at = f"/imports/{import_id}/rows"
        limit = str(request.app.state.settings.rows)
        page = await membership.get(
            rows_at, show="" if show == "all" else show, after=after, limit=limit
        )
        rows, following = page["items"], page.get("next")
    order = columns(answer.body)
    return render(
        request,
        "imports/sheet.html",
        fragment="imports/_progress.html" if it.is_running else None,
        it=it,
        etag=answer.etag,
        may_decide=visit.actor.has(Role.REVIEWER, Role.APPROVER),
        columns=order,
        rows=[sheet_row(row, order) for row in rows],
        next=following,
        after=after or "",
        show=show,
        filters=filters(str(import_id), answer.body, show),
    )


@router.get("/imports/{import_id}/state")
async def progress(
    request: Request, visit: StaffVisit, membership: MembershipApi, import_id: UUID
) -> Response:
    """The progress bar alone, asked for at each event; when work ends the page is opened anew."""
    it = import_page(await membership.get(f"/imports/{import_id}"), utc_now())
    if not it.is_running or not wants_fragment(request):
        return redirect(request, f"/imports/{import_id}")
    return render(request, "imports/_progress.html", it=it)


@router.get("/imports/{import_id}/progress")
async def events(
    request: Request, visit: StaffVisit, membership: MembershipApi, import_id: UUID
) -> Response:
    """The service's own events, passed on: each tells the page to ask for its progress bar."""
    stream = await membership.download(f"/imports/{import_id}/progress")
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(stream.chunks, 200, headers, media_type=stream.kind)


@router.post("/imports/{import_id}/rows/{number}")
async def mend(
    request: Request, visit: StaffVisit, membership: MembershipApi, import_id: UUID, number: int
) -> Response:
    """One cell is mended in the page; the row comes back judged anew."""
    data = await request.form()
    form = Form(()).typed(data)
    field, value = str(data.get("field") or ""), str(data.get("value") or "")
    path = f"/imports/{import_id}/rows/{number}"
    row = await membership.send("PATCH", path, {field: value}, key=form.key, etag=form.etag)
    batch = await membership.read(f"/imports/{import_id}")
    order = columns(batch.body)
    return render(
        request,
        "imports/mended.html",
        fragment="imports/_mended.html",
        it=import_page(batch.body, utc_now()),
        etag=batch.etag,
        row=sheet_row(row, order, is_mended=True),
        columns=order,
        filters=filters(str(import_id), batch.body, _shown(request)),
    )


def _shown(request: Request) -> str:
    """Which rows the page shows in which a cell was mended; it opens on those to be mended."""
    query = parse_qs(urlsplit(request.headers.get("hx-current-url", "")).query)
    show = query.get("show", ["faulty"])[0]
    return show if show in SHOWS else "faulty"


@router.post("/imports/{import_id}/{action}")
async def act(
    request: Request, visit: StaffVisit, membership: MembershipApi, import_id: UUID, action: str
) -> Response:
    part, name, said = _ACTIONS.get(action, _ACTIONS["cancel"])
    data = await request.form()
    form = Form(()).typed(data)
    path = f"/imports/{import_id}/{part}"
    body = {name: str(data.get(name) or "").strip()} if name else None
    await membership.send("PUT", path, body, key=form.key, etag=form.etag)
    return redirect(request, f"/imports/{import_id}", said=said)


@router.get("/imports/{import_id}/rejected.xlsx")
async def rejected(
    request: Request, visit: StaffVisit, membership: MembershipApi, import_id: UUID
) -> Response:
    file = await membership.download(f"/imports/{import_id}/rejected.xlsx")
    headers = {"content-disposition": file.disposition}
    return StreamingResponse(file.chunks, 200, headers, media_type=file.kind)


@router.get("/import-templates/{kind}.xlsx")
async def template(
    request: Request, visit: StaffVisit, membership: MembershipApi, kind: str
) -> Response:
    file = await membership.download(f"/import-templates/{kind}.xlsx")
    headers = {"content-disposition": file.disposition}
    return StreamingResponse(file.chunks, 200, headers, media_type=file.kind)
