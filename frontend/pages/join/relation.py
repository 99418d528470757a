"""Step 2, further: how somebody stands to those they work for, in plain words (M-10)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import Enrolment, EnrolmentApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.join import EMPLOYER, RELATION
from frontend.pages.join.answers import Answers, read
from frontend.pages.join.draft import BACK, go_back, go_on
from frontend.pages.join.stops import LENT, place
from frontend.render import render
from frontend.session import WorkerVisit
from frontend.views.join import options

router = APIRouter(route_class=PageRoute)


@router.get("/join/relation")
async def ask_relation(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    form = Form(RELATION).filled(relation=read(request).relation)
    return await _relation_page(request, enrolment, form)


@router.post("/join/relation")
async def take_relation(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    data = await request.form()
    form = Form(RELATION).typed(data)
    answers = read(request).with_(relation=form.text("relation"))
    if data.get("do") == BACK:
        return go_back(request, "relation", answers)
    if form.errors:
        return await _relation_page(request, enrolment, form, 422)
    return await go_on(request, enrolment, "relation", answers)


@router.get("/join/employer")
async def ask_employer(request: Request, visit: WorkerVisit) -> Response:
    answers = read(request)
    form = Form(EMPLOYER).filled(
        employer_name=answers.employer_name,
        employer_union=answers.employer_union,
        user_union=answers.user_union,
    )
    return _employer_page(request, answers, form)


@router.post("/join/employer")
async def take_employer(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    data = await request.form()
    form = Form(EMPLOYER).typed(data)
    answers = read(request).with_(
        employer_name=form.text("employer_name"),
        employer_union=form.text("employer_union"),
        user_union=form.text("user_union"),
    )
    if data.get("do") == BACK:
        return go_back(request, "employer", answers)
    if form.errors:
        return _employer_page(request, answers, form, 422)
    return await go_on(request, enrolment, "employer", answers)


async def _relation_page(
    request: Request, enrolment: Enrolment, form: Form, status: int = 200
) -> Response:
    form = form.offering({"relation": options(await enrolment.codes("relations"))})
    return render(
        request, "join/relation.html", status=status, at=place("relation", read(request)), form=form
    )


def _employer_page(request: Request, answers: Answers, form: Form, status: int = 200) -> Response:
    return render(
        request,
        "join/employer.html",
        status=status,
        at=place("employer", answers),
        form=form,
        is_lent=answers.relation in LENT,
    )
