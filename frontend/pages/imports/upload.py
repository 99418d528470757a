"""A sheet is handed in as it is; what is wrong with it shows in the dry run."""

import aiohttp
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import Membership, MembershipApi
from frontend.forms.form import Form
from frontend.forms.upload import UPLOAD
from frontend.pages.frame import staff_router
from frontend.render import redirect, render
from frontend.session import StaffVisit, Visit
from frontend.views.imports import union_rows
from frontend.views.union_choice import offering_unions
from services.chassis.kernel.refusals import (
    Conflict,
    Forbidden,
    TooLarge,
    Unprocessable,
    UnsupportedMedia,
)

router = staff_router()
_KINDS = ("members", "unions")


@router.get("/imports/new")
async def show(
    request: Request, visit: StaffVisit, membership: MembershipApi, kind: str = "members"
) -> Response:
    own = str(visit.actor.union_id or "")
    form = Form(UPLOAD).filled(kind=kind if kind in _KINDS else "members", union_id=own)
    return await _page(request, visit, membership, form)


@router.post("/imports")
async def upload(request: Request, visit: StaffVisit, membership: MembershipApi) -> Response:
    data = await request.form()
    form = Form(UPLOAD).typed(data)
    file = data.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        form = form.with_errors(file="请选择要上传的文件。")
    elif not form.errors:
        try:
            if form.text("kind") == "unions":
                sent = _sent(file, parent_id=form.text("union_id"))
                answer = await membership.upload("/union-imports", sent, form.key)
                return render(request, "imports/unions.html", told=union_rows(answer))
            sent = _sent(file, union_id=form.text("union_id"))
            made = await membership.upload("/imports", sent, form.key)
            return redirect(request, f"/imports/{made['id']}")
        except (Conflict, Forbidden, TooLarge, Unprocessable, UnsupportedMedia) as refusal:
            form = form.refused(refusal)
            if earlier := refusal.context.get("import"):
                form = form.leading(f"/imports/{earlier}", "打开那一次导入")
    return await _page(request, visit, membership, form, 422)


def _sent(file: UploadFile, **fields: str) -> aiohttp.FormData:
    # As a browser sends it: a Chinese file name stays as it is.
    sent = aiohttp.FormData(quote_fields=False)
    for name, value in fields.items():
        sent.add_field(name, value)
    sent.add_field("file", file.file, filename=file.filename, content_type=file.content_type)
    return sent


async def _page(
    request: Request, visit: Visit, membership: Membership, form: Form, status: int = 200
) -> Response:
    words = request.query_params.get("union_text", "")
    form = await offering_unions(membership, visit.actor, form, words)
    return render(request, "imports/upload.html", status=status, form=form, words=words)
