"""Step 3: the poster's union, or one found by place of work; why this kind of union (M-10)."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import GONE, Enrolment, EnrolmentApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.join import WHERE
from frontend.pages.join.answers import NO, YES, Answers, keep, read
from frontend.pages.join.draft import BACK, NOT_A_GROUP, go_back, go_on
from frontend.pages.join.stops import place
from frontend.render import redirect, render, wants_fragment
from frontend.session import WorkerVisit
from frontend.views.join import Found, PublicUnion, found, public_union
from services.chassis.kernel.refusals import NotFound

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class Choosing:
    """What the screen offers: the union known already, what was found, and the kind that fits."""

    known: PublicUnion | None
    found: Found
    words: str
    way: Any


@router.get("/join/where")
async def ask(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    answers = read(request)
    form = Form(WHERE).filled(words=answers.words, union_id=answers.union_id)
    return await _page(request, enrolment, answers, form)


@router.post("/join/where")
async def take(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    data = await request.form()
    form = Form(WHERE).typed(data)
    answers = read(request).with_(words=form.text("words"))
    if data.get("do") == BACK:
        return go_back(request, "where", answers)
    if wants_fragment(request):
        return await _page(request, enrolment, answers, form)
    if data.get("do") == "search":
        return keep(request, redirect(request, "/join/where"), answers)
    if form.errors:
        return await _page(request, enrolment, answers, form, 422)
    try:
        chosen = public_union(await enrolment.union(form.text("union_id")))
    except NotFound:
        return await _page(request, enrolment, answers, form.with_errors(union_id=GONE), 422)
    poster = answers.poster if chosen.id == answers.union_id else ""
    looked = await _looked(enrolment, answers, chosen.name)
    answers = answers.with_(
        union_id=chosen.id,
        union_name=chosen.name,
        poster=poster,
        industry_union=YES if looked.has_trade or chosen.trade else NO,
    )
    return await go_on(request, enrolment, "where", answers)


async def _looked(enrolment: Enrolment, answers: Answers, words: str) -> Found:
    """Nothing typed, nothing found: the register is not shown whole to passers-by."""
    if not words:
        return Found([], [])
    group = "" if answers.group == NOT_A_GROUP else answers.group
    return found(await enrolment.find_unions(words, group))


async def _page(
    request: Request, enrolment: Enrolment, answers: Answers, form: Form, status: int = 200
) -> Response:
    known = await _known(enrolment, answers)
    words = answers.words or (answers.employer_name if answers.employer_union == YES else "")
    looked = await _looked(enrolment, answers, words)
    answers = answers.with_(industry_union=YES if looked.has_trade else answers.industry_union)
    way = await enrolment.way(answers.situation) if answers.situation else None
    if known is not None:
        looked = Found(
            [one for one in looked.matches if one.id != known.id],
            [one for one in looked.catching if one.id != known.id],
        )
    return render(
        request,
        "join/where.html",
        fragment="join/_unions.html",
        status=status,
        at=place("where", answers),
        form=form,
        choosing=Choosing(known, looked, words, way),
        is_poster=bool(answers.poster),
    )


async def _known(enrolment: Enrolment, answers: Answers) -> PublicUnion | None:
    if not answers.union_id:
        return None
    try:
        return public_union(await enrolment.union(answers.union_id))
    except NotFound:
        return None
