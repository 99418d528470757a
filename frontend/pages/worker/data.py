"""One's own data: seen masked, shown in full on request, consents taken back (S-03, S-05)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import Enrolment, EnrolmentApi
from frontend.clients.identity import Identity, IdentityApi
from frontend.csrf import PageRoute
from frontend.forms.form import Form
from frontend.pages.worker.home import membership_of
from frontend.render import redirect, render
from frontend.session import WorkerVisit
from frontend.views.devices import device
from frontend.views.disclosures import Disclosed, disclosed
from frontend.views.join import consent_texts
from frontend.views.my_membership import my_consent, own_facts
from services.chassis.kernel.clock import utc_now

router = APIRouter(route_class=PageRoute)
WITHDRAWN = "已撤回同意。"
GIVEN = "已记下您的同意。"


@router.get("/my/data")
async def show(
    request: Request, visit: WorkerVisit, enrolment: EnrolmentApi, identity: IdentityApi
) -> Response:
    return await _page(request, enrolment, identity, is_full=False)


@router.post("/my/data")
async def show_in_full(
    request: Request, visit: WorkerVisit, enrolment: EnrolmentApi, identity: IdentityApi
) -> Response:
    """Shown on this page only: the next look shows the masked values again."""
    return await _page(request, enrolment, identity, is_full=True)


@router.post("/my/data/consents/{consent_id}/withdrawal")
async def withdraw(
    request: Request, visit: WorkerVisit, enrolment: EnrolmentApi, consent_id: UUID
) -> Response:
    form = Form(()).typed(await request.form())
    await enrolment.withdraw_consent(str(consent_id), form.key)
    return redirect(request, "/my/data", said=WITHDRAWN)


@router.post("/my/data/consents")
async def agree(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    data = await request.form()
    form = Form(()).typed(data)
    text_id, version = str(data.get("text_id") or ""), str(data.get("version") or "")
    member = await enrolment.my_membership()
    await enrolment.give_consent(member["person_id"], text_id, version, form.key)
    return redirect(request, "/my/data", said=GIVEN)


async def _page(
    request: Request, enrolment: Enrolment, identity: Identity, *, is_full: bool
) -> Response:
    member = await membership_of(enrolment)
    applications = await enrolment.my_applications()
    person = await _person(enrolment, member, applications)
    consents = [my_consent(one) for one in await enrolment.consents()]
    agreed = {one.purpose for one in consents if one.is_given}
    texts = consent_texts(await enrolment.texts())
    return render(
        request,
        "worker/data.html",
        facts=own_facts(person, member) if person else [],
        shown=await _in_full(enrolment, member, applications) if is_full and person else [],
        consents=consents,
        sessions=[device(one, utc_now()) for one in await identity.my_sessions()],
        offered=[one for one in texts if one.purpose not in agreed] if member else [],
    )


async def _person(
    enrolment: Enrolment, member: Mapping[str, Any] | None, applications: list[dict[str, Any]]
) -> Mapping[str, Any] | None:
    """The person of the register; before joining, the one of the latest application."""
    if member:
        person: Mapping[str, Any] = (await enrolment.person(member["person_id"]))["person"]
        return person
    return applications[0]["person"] if applications else None


async def _in_full(
    enrolment: Enrolment, member: Mapping[str, Any] | None, applications: list[dict[str, Any]]
) -> list[Disclosed]:
    if member:
        return disclosed({"facts": await enrolment.own_facts("people", member["person_id"])})
    return disclosed({"facts": await enrolment.own_facts("applications", applications[0]["id"])})
