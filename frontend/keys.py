"""Learns the key of a visitor's token before the page that needs it is asked for."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from services.chassis.kernel.refusals import Unavailable


class MeetsKeys:
    """A key that was never seen is asked for, so that changing keys logs nobody out."""

    def __init__(self, inner: ASGIApp, app: FastAPI) -> None:
        self._inner = inner
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")[2]
            try:
                await self._app.state.user_keys.meet(token)
            except Unavailable:
                scope.setdefault("state", {})["keys_unheard"] = True
        await self._inner(scope, receive, send)
