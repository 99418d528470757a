"""One event on its way to a client: each request, each answer, and sending it again."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.webhooks import WebhooksApi
from frontend.forms.form import Form
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit
from frontend.views.webhooks import attempt_part, delivery_row, webhook_row

router = staff_router()
PAGE = "/webhooks/{service}/{webhook_id}/deliveries/{delivery_id}"


@router.get(PAGE)
async def show(
    request: Request,
    visit: StaffVisit,
    webhooks: WebhooksApi,
    service: str,
    webhook_id: UUID,
    delivery_id: UUID,
) -> Response:
    hook = webhook_row((await webhooks.one(webhook_id)).body, service)
    item = await webhooks.delivery(webhook_id, delivery_id)
    return render(
        request,
        "webhooks/delivery.html",
        hook=hook,
        it=delivery_row(item, hook.url),
        message=item["webhook_id"],
        log=[attempt_part(one) for one in item["log"]],
    )


@router.post(PAGE + "/resendings")
async def resend(
    request: Request,
    visit: StaffVisit,
    webhooks: WebhooksApi,
    service: str,
    webhook_id: UUID,
    delivery_id: UUID,
) -> Response:
    form = Form(()).typed(await request.form())
    await webhooks.resend(webhook_id, delivery_id, form.key)
    page = f"/webhooks/{service}/{webhook_id}/deliveries/{delivery_id}"
    return redirect(request, page, said="已重新发送，编号不变。")
