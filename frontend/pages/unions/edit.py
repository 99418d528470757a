"""A union is entered below another, or its facts are corrected."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.forms.form import Form, Option
from frontend.forms.union import CODED, FLAGS, NUMBERS, UNION
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit
from frontend.views.reading import code, text
from frontend.views.unions import union_page
from services.chassis.kernel.refusals import Conflict, Forbidden, Stale, Unprocessable

router = staff_router()


@router.get("/unions/{parent_id}/new")
async def show_new(
    request: Request, visit: StaffVisit, membership: MembershipApi, parent_id: UUID
) -> Response:
    return await _new(request, membership, parent_id, Form(UNION))


@router.post("/unions/{parent_id}/new")
async def found(
    request: Request, visit: StaffVisit, membership: MembershipApi, parent_id: UUID
) -> Response:
    form = Form(UNION).typed(await request.form())
    if not form.errors:
        try:
            body = _payload(form) | {"parent_id": str(parent_id)}
            made = await membership.send("POST", "/unions", body, key=form.key)
            return redirect(request, f"/unions/{made['id']}", said="工会已建立。")
        except (Conflict, Forbidden, Unprocessable) as refusal:
            form = form.refused(refusal)
    return await _new(request, membership, parent_id, form, 422)


@router.get("/unions/{union_id}/edit")
async def show_edit(
    request: Request, visit: StaffVisit, membership: MembershipApi, union_id: UUID
) -> Response:
    answer = await membership.union(union_id)
    known = {one.name: _known(answer.body, one.name) for one in UNION}
    form = Form(UNION, etag=answer.etag).filled(**{k: v for k, v in known.items() if v})
    return await _edit(request, membership, union_id, form)


@router.post("/unions/{union_id}/edit")
async def change(
    request: Request, visit: StaffVisit, membership: MembershipApi, union_id: UUID
) -> Response:
    form = Form(UNION).typed(await request.form())
    if not form.errors:
        try:
            path = f"/unions/{union_id}"
            body = dict.fromkeys(f.name for f in UNION if not f.is_required) | _payload(form)
            await membership.send("PATCH", path, body, key=form.key, etag=form.etag)
            return redirect(request, path, said="工会资料已保存。")
        except (Conflict, Forbidden, Stale, Unprocessable) as refusal:
            form = form.refused(refusal)
    return await _edit(request, membership, union_id, form, 422)


async def _new(
    request: Request, membership: Membership, parent_id: UUID, form: Form, status: int = 200
) -> Response:
    parent = union_page((await membership.union(parent_id)).body)
    return await _form(request, membership, form, status, f"/unions/{parent_id}/new", parent.name)


async def _edit(
    request: Request, membership: Membership, union_id: UUID, form: Form, status: int = 200
) -> Response:
    return await _form(request, membership, form, status, f"/unions/{union_id}/edit", "")


async def _form(
    request: Request, membership: Membership, form: Form, status: int, action: str, parent: str
) -> Response:
    choices = {name: await _options(membership, codes) for name, codes in CODED.items()}
    return render(
        request,
        "unions/edit.html",
        status=status,
        form=form.offering(choices),
        action=action,
        parent=parent,
        back=action.rpartition("/")[0],
    )


async def _options(membership: Membership, codes: str) -> tuple[Option, ...]:
    return tuple(Option(one["code"], one["label"]) for one in await membership.codes(codes))


def _payload(form: Form) -> dict[str, Any]:
    body = form.payload()
    for name in NUMBERS:
        if name in body and body[name].isdigit():
            body[name] = int(body[name])
    return body | {name: name in body for name in FLAGS}


def _known(body: Any, name: str) -> str:
    if name in FLAGS:
        return "yes" if body.get(name) else ""
    return code(body, name) or text(body, name)
