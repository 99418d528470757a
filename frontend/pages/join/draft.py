"""What was answered goes into the draft on the server, and the journey goes on."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import Enrolment
from frontend.pages.join.answers import Answers, keep, read
from frontend.pages.join.stops import after, before
from frontend.render import redirect
from frontend.views.reading import code

NOT_A_GROUP = "none"
BACK = "back"


async def go_on(request: Request, enrolment: Enrolment, key: str, answers: Answers) -> Response:
    """Keep the answers, in the draft too where there is one, and ask what comes next."""
    if answers.draft:
        await correct_draft(enrolment, answers)
    return keep(request, redirect(request, after(key, answers)), answers)


def go_back(request: Request, key: str, answers: Answers) -> Response:
    """Keep what was typed, finished or not, and show the question before.

    A draft on the server holds what counts: then nothing half-typed is kept beside it.
    """
    kept = read(request) if answers.draft else answers
    return keep(request, redirect(request, before(key, kept)), kept)


async def correct_draft(enrolment: Enrolment, answers: Answers, number: str = "") -> None:
    """Send the whole application again: what is not asked about here stays as it was."""
    known = await enrolment.application(answers.draft)
    own = await enrolment.applicant(answers.draft)
    body = enrolling(answers) | _untouched(known.body)
    body["person"] = _person(known.body["person"], own, answers, number)
    await enrolment.amend(answers.draft, body, known.etag)


def enrolling(answers: Answers) -> dict[str, Any]:
    """The answers about work and union, as the API wants them."""
    body = answers.body()
    if answers.group == NOT_A_GROUP:
        body["group_code"] = None
    return body


def _person(
    person: Mapping[str, Any], own: Mapping[str, str], answers: Answers, number: str
) -> dict[str, Any]:
    kind = answers.document_kind or code(person, "document", "kind")
    return {
        "name": answers.name or person["name"],
        "document": {"kind": kind, "number": number or own["document"]},
        "sex": code(person, "sex"),
        "birth": own["birth"] or None,
        "address": own["address"],
    }


def _untouched(item: Mapping[str, Any]) -> dict[str, Any]:
    details = {
        name: value.get("code") if isinstance(value, Mapping) else value
        for name, value in (item.get("details") or {}).items()
    }
    return {"work_division": code(item, "work_division") or None, "details": details}
