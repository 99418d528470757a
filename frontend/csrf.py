"""Only our own forms change anything: a token in the form, bound to session or browser.

The token is masked anew for every page, so that compressing pages does not leak it (BREACH).
"""

import hmac
import secrets
from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from frontend.session import visit_of
from services.chassis.kernel.refusals import Forbidden, Unauthenticated

COOKIE = "__Host-csrf"
FIELD = "_csrf"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_SIZE = 32


class Csrf:
    """Makes and checks tokens with one secret; ``origins`` are those our pages come from."""

    def __init__(self, secret: bytes, origins: frozenset[str]) -> None:
        self._secret = hmac.new(secret, b"csrf", sha256).digest()
        self._origins = origins

    def token(self, binding: str) -> str:
        """A token for one page; two tokens of one binding look nothing alike."""
        pad = secrets.token_bytes(_SIZE)
        return (pad + _xor(pad, self._digest(binding))).hex()

    def matches(self, binding: str, token: str) -> bool:
        """Whether ``token`` was made for ``binding``."""
        try:
            raw = bytes.fromhex(token)
        except ValueError:
            return False
        if len(raw) != 2 * _SIZE:
            return False
        return hmac.compare_digest(_xor(raw[:_SIZE], raw[_SIZE:]), self._digest(binding))

    def is_from_our_pages(self, request: Request) -> bool:
        """Whether the browser says that the request comes from this origin."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        origin = request.headers.get("origin")
        return site in {"same-origin", "none"} and (origin is None or origin in self._origins)

    def _digest(self, binding: str) -> bytes:
        return hmac.new(self._secret, binding.encode(), sha256).digest()


class PageRoute(APIRoute):
    """A route that lets an unsafe request in only with a token of this very visitor."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if request.method in _SAFE:
                return await handle(request)
            try:
                await refuse_forgery(request)
                return await handle(request)
            finally:
                # Uploaded files lie in temporary files until somebody closes them.
                await request.close()

        return checked


async def refuse_forgery(request: Request) -> None:
    """Refuse a request that did not come from a form on one of our pages (AUTH-08)."""
    csrf: Csrf = request.app.state.csrf
    if not csrf.is_from_our_pages(request):
        raise Forbidden("这个请求不是从本网站的页面发出的，已拒绝。请回到本网站的页面重新操作。")
    form = await request.form()
    token = form.get(FIELD)
    if isinstance(token, str) and csrf.matches(binding(request), token):
        return
    if visit_of(request).is_anonymous and token:
        raise Unauthenticated("登录已结束，刚才的操作没有办理。请重新登录后继续。")
    raise Forbidden("页面停留太久或已在别处退出登录，刚才的操作没有办理。请刷新页面后重新提交。")


def binding(request: Request) -> str:
    """What a token is bound to: the session, or else this browser's random cookie."""
    actor = visit_of(request).actor
    if actor.session is not None:
        return f"session:{actor.session}"
    return f"browser:{request.cookies.get(COOKIE, '')}"


def own_origins(public_url: str, *, is_local: bool) -> frozenset[str]:
    """The origins of our pages; on a local run both names of the machine itself."""
    parts = urlsplit(public_url)
    origins = {f"{parts.scheme}://{parts.netloc}"}
    if is_local:
        port = f":{parts.port}" if parts.port else ""
        origins |= {f"{parts.scheme}://{host}{port}" for host in ("localhost", "127.0.0.1")}
    return frozenset(origins)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
