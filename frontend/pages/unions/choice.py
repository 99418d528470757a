"""Unions to choose from while their name is typed: one fragment of the forms that ask for one."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.membership import MembershipApi
from frontend.csrf import PageRoute
from frontend.forms.counter import COUNTER
from frontend.forms.form import Form
from frontend.render import render
from frontend.session import StaffVisit
from frontend.views.union_choice import NAME, offering_unions

router = APIRouter(route_class=PageRoute)
UNION = tuple(one for one in COUNTER if one.name == NAME)


@router.get("/choices/unions")
async def choices(
    request: Request, visit: StaffVisit, membership: MembershipApi, union_text: str = ""
) -> Response:
    form = await offering_unions(membership, visit.actor, Form(UNION), union_text)
    return render(
        request,
        "components/union_choices_page.html",
        fragment="components/_union_choices.html",
        form=form,
        words=union_text,
    )
