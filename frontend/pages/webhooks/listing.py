"""The webhooks of the API clients at one's union and below."""

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.webhooks import SERVICES, WebhooksApi
from frontend.pages.frame import staff_router
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.lists import Pill
from frontend.views.webhooks import webhook_row

router = staff_router()


@router.get("/webhooks")
async def listing(
    request: Request, visit: StaffVisit, webhooks: WebhooksApi, after: str | None = None
) -> Response:
    service = request.query_params.get("service", "membership")
    client = request.query_params.get("client", "").strip()
    rows = str(request.app.state.settings.rows)
    page = await webhooks.listed(after=after, limit=rows, client=client)
    return render(
        request,
        "webhooks/listing.html",
        rows=[webhook_row(item, service) for item in page["items"]],
        next=page.get("next"),
        after=after or "",
        client=client,
        service=service,
        services=[
            Pill(label, f"/webhooks?service={key}", None, key == service)
            for key, label in SERVICES.items()
        ],
    )
