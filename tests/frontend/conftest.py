"""The frontend in front of a stand-in gateway, and browsers for the cast."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from asgi_lifespan import LifespanManager

from frontend.app import Pages, create_app
from frontend.assets import Assets, read_assets
from frontend.settings import Settings
from services.chassis.edge.assertions import load_key, sign_user
from services.chassis.kernel.actors import ANONYMOUS, Actor
from services.chassis.kernel.clock import utc_now
from tests.frontend.stand_in import StandIn, standing_in
from tests.html import Element, page

# __Host- cookies are Secure: a browser in a test must believe in https.
ORIGIN = "https://testserver"


@dataclass
class Browser:
    """Somebody's browser: follows no redirect, and can hand in a form that it was shown."""

    client: httpx.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=_named(headers))

    async def open(self, path: str) -> Element:
        response = await self.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return page(response.text)

    async def post(self, path: str, data: dict[str, str], **headers: str) -> httpx.Response:
        return await self.client.post(path, data=data, headers=_named(headers))

    async def send(
        self, shown: str, action: str, typed: dict[str, str], **headers: str
    ) -> httpx.Response:
        """Open ``shown``, fill its form for ``action`` with ``typed``, and send it."""
        form = (await self.open(shown)).all("form", action=action)[0]
        return await self.post(action, form.fields() | typed, **headers)


@pytest.fixture
async def gateway() -> AsyncIterator[StandIn]:
    async with standing_in() as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def assets(keys_dir: Path) -> Assets:
    """Packed once; packing is what takes long when the frontend starts."""
    keys = {"private_key": keys_dir / "frontend.jwk", "trust": keys_dir / "trust.jwks"}
    return read_assets(Settings(**keys).htmx)


@pytest.fixture
async def pages(gateway: StandIn, keys_dir: Path, assets: Assets) -> AsyncIterator[Pages]:
    settings = Settings(
        private_key=keys_dir / "frontend.jwk",
        trust=keys_dir / "trust.jwks",
        gateway_url=gateway.url,
        public_url=ORIGIN,
    )
    application = create_app(settings, assets)
    async with LifespanManager(application.app):
        yield application


@pytest.fixture
async def browser_of(pages: Pages, keys_dir: Path) -> AsyncIterator[Callable[[Actor], Browser]]:
    """A browser for an actor, as the gateway would let it through."""
    key = load_key(keys_dir / "identity.jwk")
    opened: list[httpx.AsyncClient] = []

    def browser(actor: Actor = ANONYMOUS) -> Browser:
        headers = {"Accept": "text/html"}
        if actor is not ANONYMOUS:
            headers["Authorization"] = f"Bearer {sign_user(key, actor, utc_now())}"
        transport = httpx.ASGITransport(app=pages, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        opened.append(client)
        return Browser(client)

    yield browser
    for client in opened:
        await client.aclose()


@pytest.fixture
def stranger(browser_of: Callable[[Actor], Browser]) -> Browser:
    return browser_of(ANONYMOUS)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
