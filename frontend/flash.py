"""What the next page says once: a signed cookie that lives for one page."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from frontend.session import keep

COOKIE = "__Host-said"


def say(request: Request, response: Response, text: str) -> None:
    """Have the next page say ``text``; it holds no personal data."""
    packed = urlsafe_b64encode(text.encode()).decode()
    keep(response, COOKIE, f"{packed}.{_signature(request, packed)}")


def said(request: Request) -> str:
    """What this page is to say, or nothing."""
    packed, _, signature = request.cookies.get(COOKIE, "").partition(".")
    if not packed or not hmac.compare_digest(signature, _signature(request, packed)):
        return ""
    return urlsafe_b64decode(packed).decode()


def forget(response: Response) -> None:
    """It has been said."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def _signature(request: Request, packed: str) -> str:
    secret: bytes = request.app.state.secret
    return hmac.new(secret, b"said:" + packed.encode(), sha256).hexdigest()[:32]
