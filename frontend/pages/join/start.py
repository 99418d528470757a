"""Before the first question: what it takes; from a poster, which union it is for."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from frontend.clients.enrolment import EnrolmentApi
from frontend.csrf import PageRoute
from frontend.pages.join.answers import keep, read
from frontend.pages.join.stops import after
from frontend.render import redirect, render
from frontend.session import AnyVisit
from frontend.views.join import public_union
from frontend.views.reading import text
from services.chassis.kernel.actors import Kind
from services.chassis.kernel.refusals import NotFound, Unprocessable

router = APIRouter(route_class=PageRoute)
TORN = "这张海报的二维码已经停用或没有扫全。您可以直接找到自己的工会来加入。"


@router.get("/join")
async def show(request: Request, enrolment: EnrolmentApi, union: str = "") -> Response:
    known = public_union(await enrolment.union(union)) if union else None
    return render(request, "join/start.html", union=known, poster="", label="")


@router.post("/join")
async def begin(request: Request, visit: AnyVisit, enrolment: EnrolmentApi) -> Response:
    data = await request.form()
    union, poster = str(data.get("union_id") or ""), str(data.get("poster") or "")
    answers = read(request).with_(draft="", name="", document_number="")
    if union:
        known = public_union(await enrolment.union(union))
        answers = answers.with_(union_id=known.id, union_name=known.name, poster=poster)
    is_in = visit.actor.kind is Kind.WORKER
    url = after("phone", answers) if is_in else "/join/phone"
    return keep(request, redirect(request, url), answers)


@router.get("/p/{code}")
async def short(code: str) -> Response:
    return RedirectResponse(f"/join/{code}" if code.isalnum() and code.isascii() else "/join", 303)


@router.get("/join/{code}")
async def scanned(request: Request, enrolment: EnrolmentApi, code: str) -> Response:
    try:
        found = await enrolment.poster(code) if code.isalnum() and code.isascii() else None
    except (NotFound, Unprocessable):
        found = None
    if found is None:
        return redirect(request, "/find", said=TORN)
    return render(
        request,
        "join/start.html",
        union=public_union(found["union"]),
        poster=text(found, "code"),
        label=text(found, "label"),
    )
