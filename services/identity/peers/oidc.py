"""An identity provider that speaks OpenID Connect: authorization code, PKCE, ID token."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import orjson
import structlog

from services.chassis.edge.assertions import kid_of
from services.identity.domain.provider import Identified, Provider, identified
from services.identity.domain.provider_refusals import ProviderRefused, ProviderUnavailable
from services.identity.peers.provider_answers import (
    Endpoints,
    PublicKey,
    endpoints,
    is_discovered,
    keys_of,
    verified,
)

DISCOVERY = "/.well-known/openid-configuration"
LARGEST = 256 * 1024
# What the provider says about itself is asked again after so many seconds; its keys later, and
# at once for a key that is not among them.
FRESH, KEYS_FRESH, KEYS_AT_MOST = 30.0, 600.0, 5.0

log = structlog.get_logger()


class OidcProvider:
    """The adapter; its addresses come from settings, never from whoever logs in."""

    def __init__(
        self,
        provider: Provider,
        secret_file: Path | None,
        timeout: float,
        http: Callable[[], aiohttp.ClientSession],
        tick: Callable[[], float] = monotonic,
    ) -> None:
        self.provider = provider
        self._secret_file = secret_file
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=min(timeout, 3))
        self._http = http
        self._tick = tick
        self._endpoints: tuple[Endpoints, float] | None = None
        self._keys: tuple[dict[str, PublicKey], float] | None = None
        self._failed_at: float | None = None

    @property
    def seems_up(self) -> bool:
        """Whether it answered when it was last asked, or that was a while ago."""
        return self._failed_at is None or self._tick() - self._failed_at > FRESH

    async def reach(self) -> Endpoints:
        """Where somebody is sent; refuses while the provider does not answer."""
        known = self._endpoints
        if known is not None and self._tick() - known[1] < FRESH:
            return known[0]
        document: Mapping[str, Any] = {}
        if is_discovered(self.provider):
            document = await self._get(self.provider.issuer.rstrip("/") + DISCOVERY)
        found = endpoints(self.provider, document)
        self._endpoints = found, self._tick()
        return found

    def address(self, where: Endpoints, state: str, nonce: str, verifier: str) -> str:
        """The address to which the browser goes."""
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": self.provider.redirect_uri,
            "scope": self.provider.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in where.authorization else "?"
        return f"{where.authorization}{joint}{urlencode(asked, quote_via=quote)}"

    async def identify(self, code: str, verifier: str, nonce: str, now: datetime) -> Identified:
        """Who came back with this code; every fault in the answer is the same refusal."""
        where = await self.reach()
        token = await self._exchange(where, code, verifier)
        key = await self._key_of(where, kid_of(token))
        return identified(verified(token, key, self.provider, nonce, now), self.provider)

    async def _exchange(self, where: Endpoints, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.redirect_uri,
            "code_verifier": verifier,
        }
        auth = None
        if self._secret_file is None:
            form["client_id"] = self.provider.client_id
        else:
            secret = self._secret_file.read_text().strip()
            auth = aiohttp.encode_basic_auth(
                quote(self.provider.client_id, safe=""), quote(secret, safe="")
            )
        headers = {"Accept": "application/json"} | ({"Authorization": auth} if auth else {})
        status, document = await self._ask("POST", where.token, data=form, headers=headers)
        token = document.get("id_token")
        if status >= 500:
            raise self._unavailable(f"status {status}")
        if status != 200 or not isinstance(token, str):
            log.info("provider.code_refused", status=status)
            raise ProviderRefused
        return token

    async def _key_of(self, where: Endpoints, kid: str) -> PublicKey:
        """The key that the token names; without a name the only one there is."""
        keys = await self._published(where, KEYS_FRESH)
        if kid not in keys and not (not kid and len(keys) == 1):
            keys = await self._published(where, KEYS_AT_MOST)
        found = keys.get(kid) or (next(iter(keys.values())) if not kid and len(keys) == 1 else None)
        if found is None:
            raise ProviderRefused
        return found

    async def _published(self, where: Endpoints, fresh: float) -> dict[str, PublicKey]:
        if self._keys is None or self._tick() - self._keys[1] >= fresh:
            self._keys = keys_of(await self._get(where.jwks)), self._tick()
        return self._keys[0]

    async def _get(self, url: str) -> Mapping[str, Any]:
        status, document = await self._ask("GET", url, headers={"Accept": "application/json"})
        if status != 200 or not document:
            raise self._unavailable(f"status {status}")
        return document

    async def _ask(self, method: str, url: str, **more: Any) -> tuple[int, Mapping[str, Any]]:
        try:
            async with self._http().request(
                method, url, timeout=self._timeout, allow_redirects=False, **more
            ) as answer:
                content, status = await _bounded(answer), answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unavailable(type(error).__name__) from error
        self._failed_at = None
        try:
            document = orjson.loads(content) if len(content) <= LARGEST else {}
        except orjson.JSONDecodeError:
            document = {}
        return status, document if isinstance(document, dict) else {}

    def _unavailable(self, reason: str) -> ProviderUnavailable:
        self._failed_at = self._tick()
        log.warning("provider.unavailable", reason=reason)
        return ProviderUnavailable()


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    """The whole body, or a little more than may be; whoever sends more is not understood."""
    content = b""
    async for piece in answer.content.iter_chunked(LARGEST):
        content += piece
        if len(content) > LARGEST:
            break
    return content
