"""Following an application, or one's own membership, needs the phone and a code."""

from starlette.requests import Request

from frontend.pages.worker.phone_entry import Door


def _onward(request: Request, target: str) -> str:
    return target or "/my"


router = Door("/my/login", "worker/phone.html", "worker/code.html", _onward).router()
