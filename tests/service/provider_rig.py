"""Identity beside a real identity provider, and beside one that forges what it is told to."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import httpx
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from services.chassis.kernel.clock import utc_now
from tests.identity_provider import CLIENT, SECRET
from tests.service.gateway_rig import free_port
from tests.service.identity_rig import Rig, identity_rig

BACK = "http://localhost:8000/login/provider/return"
READY_WITHIN = 20.0


@contextmanager
def provider_process() -> Iterator[str]:
    """The real provider, listening; its issuer is its address."""
    port = free_port()
    environment = os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.identity_provider", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process)
        httpx.post(f"{url}/redirects", json={"uri": BACK}).raise_for_status()
        yield url
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + READY_WITHIN
    while monotonic() < end and process.poll() is None:
        try:
            httpx.get(f"{url}/jwks", timeout=1).raise_for_status()
        except httpx.HTTPError:
            sleep(0.05)
        else:
            return
    message = "the provider did not start"
    raise RuntimeError(message)


@dataclass
class Forger:
    """A provider in the wrong hands: it answers with the ID token that a test makes."""

    url: str = ""
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k", "use": "sig"}, private=True)
    )
    changed: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    signs_with: Any = None
    algorithms: tuple[str, ...] = ("RS256",)
    token: str | None = None
    document: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path.endswith("openid-configuration"):
            return web.json_response(self._document())
        if request.path == "/jwks":
            return web.json_response(KeySet([self.key]).as_dict(private=False))
        return web.json_response({"id_token": self.token or self.made()})

    def made(self) -> str:
        now = int(utc_now().timestamp())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "li",
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 60,
        }
        claims = {k: v for k, v in (claims | self.changed).items() if v is not None}
        header = {"alg": "RS256", "kid": "k"} | self.header
        signer = self.signs_with or self.key
        return jwt.encode(header, claims, signer, algorithms=list(self.algorithms))

    def _document(self) -> dict[str, Any]:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        paths = ("authorize", "token", "jwks")
        named = {name: f"{self.url}/{path}" for name, path in zip(names, paths, strict=True)}
        return {"issuer": self.url} | named | self.document


@asynccontextmanager
async def forging() -> AsyncIterator[Forger]:
    forger = Forger()
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", forger.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    forger.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield forger
    finally:
        await runner.cleanup()


@asynccontextmanager
async def beside(
    database: Any, keys_dir: Any, folder: Any, url: str, **changed: Any
) -> AsyncIterator[Rig]:
    """Identity, whose clock shows the provider's time."""
    secret = folder / "client.secret"
    secret.write_text(f"{SECRET}\n")
    settings = {"oidc_issuer": url, "oidc_client_id": CLIENT, "oidc_client_secret_file": secret}
    async with identity_rig(database, keys_dir, folder, **(settings | changed)) as rig:
        rig.clock.now = utc_now()
        yield rig


@dataclass
class Journey:
    """One browser's way to the provider and back."""

    rig: Rig
    attempt: str = ""
    url: str = ""

    async def leave(self, actor: Any = None, **proof: str) -> "Journey":
        if actor is None:
            made = await self.rig.client.post("/provider-log-ins", headers=self.rig.as_())
        else:
            headers = self.rig.as_(actor)
            made = await self.rig.client.post("/me/provider-link", json=proof, headers=headers)
        assert made.status_code == 201, made.text
        self.attempt, self.url = made.json()["attempt"], made.json()["url"]
        return self

    @property
    def asked(self) -> dict[str, str]:
        return {name: value[0] for name, value in parse_qs(urlsplit(self.url).query).items()}

    async def at_provider(self, subject: str) -> dict[str, str]:
        """The person logs in there; what the browser brings back."""
        async with aiohttp.ClientSession() as session:
            url = f"{self.url}&login_hint={subject}"
            async with session.get(url, allow_redirects=False) as answer:
                location = answer.headers["location"]
        assert location.startswith(f"{BACK}?")
        return {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}

    async def come_back(self, **brought: str) -> httpx.Response:
        body = {"attempt": self.attempt, "state": self.asked["state"], "code": "x"} | brought
        return await self.rig.client.post("/provider-answers", json=body, headers=self.rig.as_())

    async def log_in(self, **more: str) -> httpx.Response:
        url = "/staff-sessions/provider"
        body = {"attempt": self.attempt} | more
        return await self.rig.client.post(url, json=body, headers=self.rig.as_())
