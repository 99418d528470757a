"""The audit: who did what and why, and whether each service's chain still holds."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.identity import IdentityApi
from frontend.clients.membership import Membership, MembershipApi
from frontend.forms.audit import AUDIT_FILTER, SERVICES
from frontend.forms.form import Form
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.audit import Chain, audit_row, chain
from frontend.views.lists import Pill
from frontend.views.times import SHANGHAI, parsed_day
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.refusals import Refusal

router = staff_router()


@router.get("/audit")
async def show(
    request: Request,
    visit: StaffVisit,
    identity: IdentityApi,
    membership: MembershipApi,
    after: str | None = None,
) -> Response:
    query = request.query_params
    service = query.get("service", "membership")
    names = ("subject", "actor", "action", "since", "until")
    typed = {name: query.get(name, "").strip() for name in names}
    params = _wanted(typed) | {"limit": str(request.app.state.settings.rows)}
    params |= {"after": after} if after else {}
    form = Form(AUDIT_FILTER).filled(**typed)
    page: Any = {"items": []}
    try:
        page = await (identity.audit(params) if service == "identity" else _own(membership, params))
    except Refusal as refusal:
        form = form.refused(refusal)
    return render(
        request,
        "audit/audit.html",
        rows=[audit_row(item, utc_now()) for item in page["items"]],
        next=page.get("next"),
        after=after or "",
        form=form,
        service=service,
        query=urlencode({"service": service} | {k: v for k, v in typed.items() if v}),
        services=[
            Pill(label, f"/audit?service={key}", None, key == service)
            for key, label in SERVICES.items()
        ],
    )


@router.get("/audit/verification")
async def verify(
    request: Request, visit: StaffVisit, identity: IdentityApi, membership: MembershipApi
) -> Response:
    return render(
        request,
        "audit/verification.html",
        chains=[
            await _chain("membership", membership.get("/audit/verification")),
            await _chain("identity", identity.verify_audit()),
        ],
    )


async def _own(membership: Membership, params: dict[str, str]) -> Any:
    return await membership.get("/audit", **params)


async def _chain(service: str, asked: Any) -> Chain:
    label = SERVICES[service]
    try:
        return chain(label, await asked)
    except Refusal as refusal:
        return Chain(label, False, "没有校验成", [refusal.detail])


def _wanted(typed: dict[str, str]) -> dict[str, str]:
    """The API's parameters: days become the instants at which they begin and end in Shanghai."""
    wanted = {name: typed[name] for name in ("subject", "actor", "action") if typed[name]}
    for name, later in (("since", 0), ("until", 1)):
        if (day := parsed_day(typed[name])) is not None:
            midnight = datetime.combine(day + timedelta(days=later), time(), SHANGHAI)
            wanted[name] = midnight.isoformat()
    return wanted
