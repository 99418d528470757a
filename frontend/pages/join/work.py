"""Step 2: which trade, and then which platforms."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import Enrolment, EnrolmentApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.join import PLATFORMS, WORK
from frontend.pages.join.answers import read
from frontend.pages.join.draft import BACK, go_back, go_on
from frontend.pages.join.stops import place
from frontend.render import render
from frontend.session import WorkerVisit
from frontend.views.join import NO_GROUP, options, platform_options

router = APIRouter(route_class=PageRoute)


@router.get("/join/work")
async def ask_group(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    return await _group_page(request, enrolment, Form(WORK).filled(group=read(request).group))


@router.post("/join/work")
async def take_group(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    data = await request.form()
    form = Form(WORK).typed(data)
    if data.get("do") == BACK:
        return go_back(request, "work", read(request))
    if form.errors:
        return await _group_page(request, enrolment, form, 422)
    answers = read(request)
    if form.text("group") != answers.group:
        answers = answers.with_(platforms=())
    return await go_on(request, enrolment, "work", answers.with_(group=form.text("group")))


@router.get("/join/platforms")
async def ask_platforms(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    answers = read(request)
    choices = platform_options(await enrolment.codes("platforms"), answers.group)
    usual = {option.value for option in choices}
    others = "、".join(one for one in answers.platforms if one not in usual)
    form = Form(PLATFORMS).offering({"platforms": choices})
    form = form.filled(platforms=answers.platforms, others=others)
    return render(request, "join/platforms.html", at=place("platforms", answers), form=form)


@router.post("/join/platforms")
async def take_platforms(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    data = await request.form()
    form = Form(PLATFORMS).typed(data)
    written = form.text("others").replace("，", "、").replace(",", "、").split("、")
    named = [*form.values["platforms"], *(one.strip() for one in written if one.strip())]
    answers = read(request).with_(platforms=tuple(dict.fromkeys(named))[:10])
    if data.get("do") == BACK:
        return go_back(request, "platforms", answers)
    return await go_on(request, enrolment, "platforms", answers)


async def _group_page(
    request: Request, enrolment: Enrolment, form: Form, status: int = 200
) -> Response:
    groups = (*options(await enrolment.codes("groups")), NO_GROUP)
    form = form.offering({"group": groups})
    return render(
        request, "join/work.html", status=status, at=place("work", read(request)), form=form
    )
