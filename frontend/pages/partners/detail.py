"""One other system: what it may do, from where and how often, and how to stop it."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.partners import PartnersApi
from frontend.forms.form import Form, Option
from frontend.forms.partners import SCOPES, WHY
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit
from frontend.views.partners import partner_row
from services.chassis.kernel.refusals import Conflict, Forbidden, Stale, Unprocessable

router = staff_router()
REFUSED = (Conflict, Forbidden, Stale, Unprocessable)


@router.get("/clients/{client_id}")
async def show(
    request: Request, visit: StaffVisit, partners: PartnersApi, client_id: UUID
) -> Response:
    return await _page(request, partners, client_id)


@router.post("/clients/{client_id}/scopes")
async def grant(
    request: Request, visit: StaffVisit, partners: PartnersApi, client_id: UUID
) -> Response:
    form = Form(SCOPES).typed(await request.form())
    body = {"scopes": form.payload().get("scopes", [])}
    try:
        await partners.change("PUT", f"{client_id}/scopes", body, form.key, form.etag)
    except REFUSED as refusal:
        return await _page(request, partners, client_id, form.refused(refusal), 422)
    return redirect(request, f"/clients/{client_id}", said="接口权限已更新，马上生效。")


@router.post("/clients/{client_id}/suspend")
async def suspend(
    request: Request, visit: StaffVisit, partners: PartnersApi, client_id: UUID
) -> Response:
    form = Form(WHY).typed(await request.form())
    refused = Form(SCOPES, detail="请写明理由，再停用接入方。")
    if not form.errors:
        path = f"{client_id}/suspension"
        try:
            await partners.change("PUT", path, form.payload(), form.key, form.etag)
            return redirect(request, f"/clients/{client_id}", said="已停用，令牌马上失效。")
        except REFUSED as refusal:
            refused = refused.refused(refusal)
    return await _page(request, partners, client_id, refused, 422)


@router.post("/clients/{client_id}/resume")
async def resume(
    request: Request, visit: StaffVisit, partners: PartnersApi, client_id: UUID
) -> Response:
    form = Form(()).typed(await request.form())
    try:
        await partners.change("DELETE", f"{client_id}/suspension", None, form.key, form.etag)
    except REFUSED as refusal:
        refused = Form(SCOPES).refused(refusal)
        return await _page(request, partners, client_id, refused, 422)
    return redirect(request, f"/clients/{client_id}", said="接入方已恢复。")


async def _page(
    request: Request,
    partners: PartnersApi,
    client_id: UUID,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    answer = await partners.one(str(client_id))
    it = partner_row(answer.body)
    offered = tuple(
        Option(one["scope"], one["label"], one["scope"]) for one in await partners.scopes()
    )
    shown = form or Form(SCOPES).filled(scopes=[scope.value for scope in it.scopes])
    return render(
        request,
        "partners/detail.html",
        status=status,
        it=it,
        etag=answer.etag,
        form=shown.offering({"scopes": offered}),
    )
