"""The keys of another system: registered, made, revoked."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.partners import PartnersApi
from frontend.forms.form import Form
from frontend.forms.partners import NEW_KEY, jwk_of
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit
from frontend.views.partners import partner_row
from services.chassis.kernel.refusals import Conflict, Forbidden, Stale, Unprocessable

router = staff_router()
REFUSED = (Conflict, Forbidden, Stale, Unprocessable)
NO_JSON = "这不是一段完整的 JWK，请从接入方给的文件里整段复制。"


@router.get("/clients/{client_id}/keys")
async def show(
    request: Request, visit: StaffVisit, partners: PartnersApi, client_id: UUID
) -> Response:
    return await _page(request, partners, client_id, Form(NEW_KEY))


@router.post("/clients/{client_id}/keys")
async def register(
    request: Request, visit: StaffVisit, partners: PartnersApi, client_id: UUID
) -> Response:
    form = Form(NEW_KEY).typed(await request.form())
    jwk = jwk_of(form)
    if not form.errors and jwk is None:
        form = form.with_errors(jwk=NO_JSON)
    if form.errors:
        return await _page(request, partners, client_id, form, 422)
    try:
        await partners.add(f"{client_id}/keys", {"jwk": jwk}, form.key)
    except REFUSED as refusal:
        return await _page(request, partners, client_id, form.refused(refusal), 422)
    return redirect(request, f"/clients/{client_id}/keys", said="公钥已登记，马上生效。")


@router.post("/clients/{client_id}/secrets")
async def make(
    request: Request, visit: StaffVisit, partners: PartnersApi, client_id: UUID
) -> Response:
    form = Form(()).typed(await request.form())
    try:
        made = await partners.add(f"{client_id}/secrets", {}, form.key)
    except REFUSED as refusal:
        refused = Form(NEW_KEY).refused(refusal)
        return await _page(request, partners, client_id, refused, 422)
    it = partner_row((await partners.one(str(client_id))).body)
    return render(request, "partners/secret.html", it=it, secret=made["secret"])


@router.post("/clients/{client_id}/keys/{key_id}/revocation")
async def revoke(
    request: Request, visit: StaffVisit, partners: PartnersApi, client_id: UUID, key_id: UUID
) -> Response:
    form = Form(()).typed(await request.form())
    try:
        path = f"{client_id}/keys/{key_id}"
        await partners.change("DELETE", path, None, form.key, form.etag)
    except REFUSED as refusal:
        refused = Form(NEW_KEY).refused(refusal)
        return await _page(request, partners, client_id, refused, 422)
    return redirect(request, f"/clients/{client_id}/keys", said="已吊销，令牌马上失效。")


async def _page(
    request: Request, partners: PartnersApi, client_id: UUID, form: Form, status: int = 200
) -> Response:
    answer = await partners.one(str(client_id))
    return render(
        request,
        "partners/keys.html",
        status=status,
        it=partner_row(answer.body),
        etag=answer.etag,
        form=form,
    )
