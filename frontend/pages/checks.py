"""Checks as you type: the server's answer, beside the field."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.csrf import PageRoute
from frontend.render import render
from frontend.views.checks import Checked, check_document, check_phone
from frontend.views.times import today

router = APIRouter(route_class=PageRoute)


@router.post("/checks/document")
async def document(request: Request) -> Response:
    form = await request.form()
    kind, number = str(form.get("document_kind") or ""), str(form.get("document_number") or "")
    return _answer(request, "document_number", check_document(kind, number, today()))


@router.post("/checks/phone")
async def phone(request: Request) -> Response:
    form = await request.form()
    return _answer(request, "phone", check_phone(str(form.get("phone") or "")))


def _answer(request: Request, name: str, checked: Checked) -> Response:
    return render(
        request,
        "components/checked_page.html",
        fragment="components/_checked.html",
        name=name,
        checked=checked,
    )
