"""One webhook: whether it is told, what was sent lately, and sending a stretch of time again."""

from datetime import datetime, time, timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.webhooks import WebhooksApi
from frontend.forms.form import Form
from frontend.forms.webhooks import SPAN
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit
from frontend.views.lists import Pill
from frontend.views.times import SHANGHAI, parsed_day
from frontend.views.webhooks import DELIVERY_STATES, delivery_row, webhook_row
from services.chassis.kernel.refusals import Conflict, Forbidden, Stale, Unprocessable

router = staff_router()
PAGE = "/webhooks/{service}/{webhook_id}"
# What a button says: the state that follows, and what is said afterwards.
CHANGES = {
    "pause": ("paused", "已暂停，期间的事件会保留。"),
    "resume": ("active", "已恢复，未送达的事件马上补发。"),
}


@router.get(PAGE)
async def show(
    request: Request, visit: StaffVisit, webhooks: WebhooksApi, service: str, webhook_id: UUID
) -> Response:
    return await _page(request, webhooks, service, webhook_id, Form(SPAN))


@router.post(PAGE + "/replays")
async def replay(
    request: Request, visit: StaffVisit, webhooks: WebhooksApi, service: str, webhook_id: UUID
) -> Response:
    form = Form(SPAN).typed(await request.form())
    if not form.errors:
        try:
            await webhooks.replay(webhook_id, _span(form), form.key)
            said = "已开始重发，稍后在下面的记录中查看。"
            return redirect(request, f"/webhooks/{service}/{webhook_id}", said=said)
        except (Conflict, Forbidden, Unprocessable) as refusal:
            form = form.refused(refusal)
    return await _page(request, webhooks, service, webhook_id, form, 422)


@router.post(PAGE + "/{change}")
async def change(
    request: Request,
    visit: StaffVisit,
    webhooks: WebhooksApi,
    service: str,
    webhook_id: UUID,
    change: str,
) -> Response:
    state, said = CHANGES.get(change, CHANGES["resume"])
    form = Form(()).typed(await request.form())
    try:
        await webhooks.set_state(webhook_id, state, form.key, form.etag)
        return redirect(request, f"/webhooks/{service}/{webhook_id}", said=said)
    except (Conflict, Forbidden, Stale, Unprocessable) as refusal:
        refused = Form(SPAN).refused(refusal)
    return await _page(request, webhooks, service, webhook_id, refused, 422)


async def _page(
    request: Request,
    webhooks: WebhooksApi,
    service: str,
    webhook_id: UUID,
    form: Form,
    status: int = 200,
) -> Response:
    answer = await webhooks.one(webhook_id)
    query = request.query_params
    state, after = query.get("state", ""), query.get("after", "")
    rows = str(request.app.state.settings.rows)
    log = await webhooks.deliveries(webhook_id, state=state, after=after, limit=rows)
    it = webhook_row(answer.body, service)
    choices = {"": "全部"} | {key: mark.label for key, mark in DELIVERY_STATES.items()}
    return render(
        request,
        "webhooks/detail.html",
        status=status,
        it=it,
        etag=answer.etag,
        form=form,
        rows=[delivery_row(item, it.url) for item in log["items"]],
        next=log.get("next"),
        after=after,
        query=f"state={state}" if state else "",
        states=[
            Pill(label, f"{it.url}?state={key}" if key else it.url, None, key == state)
            for key, label in choices.items()
        ],
    )


def _span(form: Form) -> dict[str, str]:
    """Days become the instants at which they begin and end in Shanghai."""
    found = {}
    for name, later in (("from", 0), ("to", 1)):
        if (day := parsed_day(form[name].value)) is not None:
            midnight = datetime.combine(day + timedelta(days=later), time(), SHANGHAI)
            found[name] = midnight.isoformat()
    return found
