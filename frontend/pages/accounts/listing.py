"""The staff accounts of one's union and below."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.accounts import account_row
from services.chassis.kernel.actors import Role

router = staff_router()


@router.get("/accounts")
async def listing(
    request: Request, visit: StaffVisit, identity: IdentityApi, after: str | None = None
) -> Response:
    page = await identity.accounts(after, request.app.state.settings.rows)
    return _page(request, visit, page, after or "", "")


@router.post("/accounts/searches")
async def search(request: Request, visit: StaffVisit, identity: IdentityApi) -> Response:
    text = str((await request.form()).get("text") or "").strip()
    if not text:
        page = await identity.accounts(None, request.app.state.settings.rows)
    else:
        page = await identity.search_accounts(text)
    return _page(request, visit, page, "", text)


def _page(request: Request, visit: StaffVisit, page: Any, after: str, text: str) -> Response:
    return render(
        request,
        "accounts/listing.html",
        fragment="accounts/_listing.html",
        rows=[account_row(item) for item in page["items"]],
        next=page.get("next"),
        after=after,
        text=text,
        may_create=visit.actor.has(Role.ADMINISTRATOR),
    )
