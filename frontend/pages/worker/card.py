"""The membership card: its code is new every minute, and says nothing about the person."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import EnrolmentApi
from frontend.csrf import PageRoute
from frontend.render import render
from frontend.session import WorkerVisit
from frontend.views.my_membership import card
from frontend.views.qr import qr_svg
from services.chassis.kernel.refusals import Conflict, NotFound

router = APIRouter(route_class=PageRoute)


@router.get("/my/card")
async def show(request: Request, visit: WorkerVisit, enrolment: EnrolmentApi) -> Response:
    try:
        it = card(await enrolment.my_card())
    except (Conflict, NotFound) as refusal:
        return render(request, "worker/no_card.html", status=200, told=refusal.detail)
    qr = qr_svg(it.url, "会员卡二维码")
    return render(request, "worker/card.html", fragment="worker/_card.html", it=it, qr=qr)
