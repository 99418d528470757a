"""Somebody of the staff links their account with the identity provider, or ends the link."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.providers import ProvidersApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.provider import PROOF, REFUSED
from frontend.pages.session.provider import leaving
from frontend.render import redirect, render
from frontend.session import StaffVisit
from frontend.views.times import moment
from services.chassis.kernel.refusals import Refusal

router = APIRouter(route_class=PageRoute)


@router.get("/session/provider")
async def show(
    request: Request, visit: StaffVisit, providers: ProvidersApi, refused: str = ""
) -> Response:
    return await _page(request, providers, Form(PROOF, detail=REFUSED.get(refused, "")))


@router.post("/session/provider")
async def link(request: Request, visit: StaffVisit, providers: ProvidersApi) -> Response:
    form = Form(PROOF).typed(await request.form())
    if not form.errors:
        try:
            return leaving(request, await providers.leave_to_link(form.payload()), "/desk")
        except Refusal as refusal:
            form = form.refused(refusal)
    return await _page(request, providers, form, status=422)


@router.post("/session/provider/removal")
async def unlink(request: Request, visit: StaffVisit, providers: ProvidersApi) -> Response:
    await providers.unlink()
    return redirect(request, "/session/devices", said="已解除关联。")


async def _page(
    request: Request, providers: ProvidersApi, form: Form, status: int = 200
) -> Response:
    link = await providers.my_link()
    return render(
        request,
        "session/provider.html",
        status=status,
        form=form,
        provider=await providers.one(),
        is_linked=link["is_linked"],
        since=moment(link["linked_at"]) if link["linked_at"] else "",
    )
