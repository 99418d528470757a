"""Puts the pages together: gateway, templates, static files, and what every answer carries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import aiohttp
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from frontend import errors
from frontend.assets import Assets, read_assets
from frontend.clients.gateway import Gateway
from frontend.csrf import Csrf, own_origins
from frontend.headers import SecurityHeaders
from frontend.keys import MeetsKeys
from frontend.pages import ROUTERS
from frontend.render import templates
from frontend.settings import Settings
from services.chassis.edge.admission import Admission
from services.chassis.edge.assertions import SigningKey, load_key, load_trust
from services.chassis.edge.budget import DeadlineBudget
from services.chassis.edge.health import Health
from services.chassis.edge.peers import IDLE_SECONDS, TIMEOUT
from services.chassis.edge.published import PublishedKeys
from services.chassis.edge.request_log import RequestLog
from services.chassis.edge.starting import from_environment

# Tokens reach us through the gateway, which asks identity every second.
KEYS_PAUSE = 30.0


class Pages:
    """The application and what stands around it, so that not even a 500 goes without."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        inner = Health(DeadlineBudget(SecurityHeaders(Admission(MeetsKeys(app, app)))), checks={})
        self._outer: ASGIApp = RequestLog(inner, part="frontend")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._outer(scope, receive, send)


def create_app(settings: Settings | None = None, assets: Assets | None = None) -> Pages:
    """The frontend with its settings; nothing is opened before it starts."""
    settings = settings or from_environment(Settings, "frontend")
    key = load_key(settings.private_key)
    assets = assets or read_assets(settings.htmx)
    app = FastAPI(title="娘家", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_open)
    app.state.settings = settings
    app.state.key = key
    app.state.user_keys = PublishedKeys(
        load_trust(settings.trust), lambda: app.state.gateway.user_keys(), KEYS_PAUSE
    )
    app.state.secret = _page_secret(settings, key)
    app.state.csrf = Csrf(
        app.state.secret, own_origins(settings.public_url, is_local=settings.mode == "local")
    )
    app.state.assets = assets
    app.state.templates = templates(assets)
    app.add_route("/static/{name}", assets.serve)
    for router in ROUTERS:
        app.include_router(router)
    errors.install(app)
    return Pages(app)


@asynccontextmanager
async def _open(app: FastAPI) -> AsyncIterator[None]:
    connector = aiohttp.TCPConnector(limit=100, keepalive_timeout=IDLE_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as session:
        app.state.gateway = Gateway(session, app.state.settings.gateway_url, app.state.key)
        following = asyncio.create_task(app.state.user_keys.follow())
        yield
        following.cancel()
        await asyncio.wait({following})


def _page_secret(settings: Settings, key: SigningKey) -> bytes:
    """What tokens in pages are made with: the same in every process, and known to no other part."""
    if settings.page_secret is not None:
        return sha256(b"pages:" + settings.page_secret.read_bytes().strip()).digest()
    private = str(key.key.as_dict(private=True)["d"])
    return sha256(b"pages:" + private.encode()).digest()
