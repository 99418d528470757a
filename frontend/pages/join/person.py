"""Step 4: name and number, and a consent for each purpose (S-02, S-03, S-16); the draft is made."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import Enrolment, EnrolmentApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.forms.join import PERSON
from frontend.pages.join.answers import Answers, keep, read
from frontend.pages.join.draft import BACK, correct_draft, enrolling, go_back
from frontend.pages.join.stops import place
from frontend.render import redirect, render
from frontend.session import WorkerVisit
from frontend.views.checks import check_document
from frontend.views.join import ConsentText, consent_texts, options
from frontend.views.reading import text
from frontend.views.times import today
from services.chassis.kernel.refusals import Conflict, NotFound, Unprocessable

router = APIRouter(route_class=PageRoute)
RESIDENT_ID = "111"


@router.get("/join/person")
async def ask(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    answers = read(request)
    if not answers.union_id:
        return redirect(request, "/join/where", said="请先选择要加入的工会。")
    form = Form(PERSON).filled(
        name=answers.name,
        document_kind=answers.document_kind or RESIDENT_ID,
        document_number=answers.document_number,
    )
    return await _page(request, enrolment, answers, form)


@router.post("/join/person")
async def take(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    data = await request.form()
    form = Form(PERSON).typed(data)
    answers = read(request).with_(
        name=form.text("name"), document_kind=form.text("document_kind") or RESIDENT_ID
    )
    number = form.text("document_number")
    if data.get("do") == BACK:
        return go_back(request, "person", answers.with_(document_number=number))
    texts = consent_texts(await enrolment.texts())
    form = _looked_at(form, texts, answers)
    if form.errors:
        return await _page(request, enrolment, answers, form, 422)
    try:
        draft = await _written(enrolment, answers, form, texts)
    except (Conflict, NotFound, Unprocessable) as refusal:
        return await _page(request, enrolment, answers, form.refused(refusal), 422)
    answers = answers.with_(draft=draft, document_number="")
    return keep(request, redirect(request, "/join/check"), answers)


def _looked_at(form: Form, texts: list[ConsentText], answers: Answers) -> Form:
    """Everything that is wrong at once; with a draft the number may stay, and so the consents."""
    errors = dict(form.errors)
    number = form.text("document_number")
    if answers.draft and not number:
        errors.pop("document_number", None)
    elif wrong := check_document(form.text("document_kind"), number, today()).error:
        errors["document_number"] = wrong
    lacking = [t.title for t in texts if t.is_required and t.id not in form.values["consents"]]
    if lacking and not answers.draft:
        errors["consents"] = f"请阅读并同意：{'；'.join(lacking)}。不同意则不能办理入会。"
    return replace(form, errors=errors)


async def _written(
    enrolment: Enrolment, answers: Answers, form: Form, texts: list[ConsentText]
) -> str:
    number = form.text("document_number")
    if answers.draft:
        await correct_draft(enrolment, answers, number)
        return answers.draft
    chosen = form.values["consents"]
    body: dict[str, Any] = enrolling(answers) | {
        "person": {
            "name": answers.name,
            "document": {"kind": answers.document_kind, "number": number},
        },
        "consents": [{"text_id": t.id, "version": t.version} for t in texts if t.id in chosen],
    }
    if answers.poster:
        body = {key: value for key, value in body.items() if key != "union_id"}
        body["poster"] = answers.poster
    return text(await enrolment.draft(body, form.key), "id")


async def _page(
    request: Request, enrolment: Enrolment, answers: Answers, form: Form, status: int = 200
) -> Response:
    texts = consent_texts(await enrolment.texts())
    masked = ""
    if answers.draft:
        known = await enrolment.application(answers.draft)
        masked = text(known.body, "person", "document", "number")
    return render(
        request,
        "join/person.html",
        status=status,
        at=place("person", answers),
        form=form.offering({"document_kind": options(await enrolment.codes("document_kinds"))}),
        texts=[] if answers.draft else texts,
        agreed=form.values.get("consents", ()),
        masked=masked,
        union=answers.union_name,
        is_other_kind=form.text("document_kind") not in ("", RESIDENT_ID),
    )
