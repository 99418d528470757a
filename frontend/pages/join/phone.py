"""Step 1: the phone, proved by a code; whoever is logged in goes on."""

from starlette.requests import Request

from frontend.pages.join.answers import read
from frontend.pages.join.stops import after
from frontend.pages.worker.phone_entry import Door


def _onward(request: Request, target: str) -> str:
    return after("phone", read(request))


router = Door("/join/phone", "join/phone.html", "join/code.html", _onward).router()
