"""Anybody checks a card: the code stays behind the "#", and reaches us in a form only."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from frontend.clients.enrolment import EnrolmentApi
from frontend.csrf import PageRoute
from frontend.render import render
from frontend.views.my_membership import checked

router = APIRouter(route_class=PageRoute)
LONGEST = 400


@router.get("/verify")
async def ask(request: Request) -> Response:
    return render(request, "public/verify.html", result=None, problem="")


@router.post("/verify")
async def check(request: Request, enrolment: EnrolmentApi) -> Response:
    typed = str((await request.form()).get("token") or "")
    token = "".join(typed.rpartition("#")[2].split())
    if not token or len(token) > LONGEST:
        problem = (
            "请粘贴扫码得到的网址或编码。" if not token else "这不是会员卡的编码，请重新扫码。"
        )
        return render(request, "public/verify.html", status=422, result=None, problem=problem)
    result = checked(await enrolment.verify(token))
    return render(request, "public/verify.html", result=result, problem="")
