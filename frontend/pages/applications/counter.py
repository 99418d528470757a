"""A clerk at the counter writes an application down for somebody, and hands it in."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.forms.counter import COUNTER
from frontend.forms.form import Form, Option
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit, Visit
from frontend.views.reading import items, text
from frontend.views.unions import options_below
from services.chassis.kernel.refusals import Conflict, Forbidden, Unprocessable

router = staff_router()
RESIDENT_ID = "111"


@router.get("/applications/new")
async def show(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    own = str(visit.actor.union_id or "")
    form = Form(COUNTER).filled(document_kind=RESIDENT_ID, union_id=own)
    return await _page(request, visit, membership, form)


@router.post("/applications")
async def prepare(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    data = await request.form()
    form = Form(COUNTER).typed(data)
    if not form.errors:
        try:
            body = await _body(membership, form)
            made = await membership.send("POST", "/applications", body, key=form.key)
            return await _hand_in(request, membership, made["id"], form, data.get("do") == "submit")
        except (Conflict, Forbidden, Unprocessable) as refusal:
            form = form.refused(refusal)
    return await _page(request, visit, membership, form, 422)


async def _hand_in(
    request: Request, membership: Membership, application_id: str, form: Form, is_final: bool
) -> Response:
    """The draft is kept whatever happens; what speaks against handing it in is said on its page."""
    url = f"/applications/{application_id}"
    if not is_final:
        return redirect(request, url, said="草稿已保存。")
    answer = await membership.read(url)
    try:
        path = f"{url}/submission"
        await membership.send("PUT", path, {}, key=f"{form.key}-submit", etag=answer.etag)
    except (Conflict, Unprocessable) as refusal:
        return redirect(request, url, said=f"草稿已保存，但还不能提交：{refusal.detail}")
    return redirect(request, url, said="已登记并提交审核。")


async def _body(membership: Membership, form: Form) -> dict[str, Any]:
    body = form.payload()
    there = form.values.get("unions_there", ())
    body["situation"] |= {one.value: one.value in there for one in form["unions_there"].options}
    body["platforms"] = [p.strip() for p in form.text("platforms").split("、") if p.strip()]
    chosen = set(form.values["consents"])
    body["consents"] = [
        {"text_id": text(one, "id"), "version": text(one, "version")}
        for one in items(await membership.get("/consent-texts"))
        if text(one, "id") in chosen
    ]
    return body


async def _page(
    request: Request, visit: Visit, membership: Membership, form: Form, status: int = 200
) -> Response:
    texts = items(await membership.get("/consent-texts"))
    choices = {
        "document_kind": await _codes(membership, "document_kinds"),
        "group_code": await _codes(membership, "groups"),
        "relation": await _codes(membership, "relations"),
        "union_id": await options_below(membership, visit.actor),
        "consents": tuple(Option(text(one, "id"), text(one, "title")) for one in texts),
    }
    return render(
        request,
        "applications/counter.html",
        status=status,
        form=form.offering(choices),
        platforms=await _codes(membership, "platforms"),
    )


async def _codes(membership: Membership, name: str) -> tuple[Option, ...]:
    return tuple(Option(one["code"], one["label"]) for one in await membership.codes(name))
