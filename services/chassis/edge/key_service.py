"""A key service 密钥服务 over HTTP: the wrapping key stays there, often in certified hardware.

Three calls, JSON both ways, bytes as base64: ``GET /current`` → ``{key}``;
``POST /wrap {secret, place}`` → ``{key, wrapped}``;
``POST /unwrap {key, wrapped, place}`` → ``{secret}``.
An adapter of some lines in front of a provider's own interface is all that another one takes.
"""

import asyncio
import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from services.chassis.edge.key_files import key_file
from services.chassis.edge.settings import ServiceSettings
from services.chassis.kernel.wrapping import KeyService, KeysUnusable, Wrapped

LONGEST_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True)
class HttpKeys:
    """Every call ends within ``patience`` seconds, and says what went wrong without a secret."""

    url: str
    token_file: Path | None = None
    patience: float = 5.0

    async def current(self) -> str:
        return _text(await self._ask("GET", "current"), "key")

    async def wrap(self, secret: bytes, place: str) -> Wrapped:
        asked = {"secret": base64.b64encode(secret).decode(), "place": place}
        answer = await self._ask("POST", "wrap", asked)
        return Wrapped(_text(answer, "key"), _bytes(answer, "wrapped"))

    async def unwrap(self, wrapped: Wrapped, place: str) -> bytes:
        content = base64.b64encode(wrapped.content).decode()
        asked = {"key": wrapped.kek_id, "wrapped": content, "place": place}
        return _bytes(await self._ask("POST", "unwrap", asked), "secret")

    async def _ask(self, method: str, name: str, asked: dict[str, str] | None = None) -> Any:
        url = f"{self.url.rstrip('/')}/{name}"
        timeout = aiohttp.ClientTimeout(total=self.patience, connect=min(2.0, self.patience))
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=await self._headers()) as session,
                session.request(method, url, json=asked, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise KeysUnusable(f"the key service answered {name} with {answer.status}")
                return orjson.loads(await _body(answer))
        except TimeoutError:
            raise KeysUnusable(f"the key service did not answer {name} in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise KeysUnusable(
                f"the key service could not be asked to {name} ({type(error).__name__})"
            ) from None

    async def _headers(self) -> dict[str, str]:
        if self.token_file is None:
            return {}
        token = await asyncio.to_thread(self.token_file.read_text)
        return {"authorization": f"Bearer {token.strip()}"}


def key_service(settings: ServiceSettings) -> KeyService:
    """What the settings name: a key service if there is one, else the key file."""
    if settings.key_service_url is not None:
        url, token = settings.key_service_url, settings.key_service_token_file
        return HttpKeys(url, token, settings.key_service_timeout)
    return key_file(settings)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > LONGEST_ANSWER:
            raise KeysUnusable("the key service's answer is too long")
    return body


def _text(answer: Any, name: str) -> str:
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, str) or not value:
        raise KeysUnusable(f"the key service's answer has no {name}")
    return value


def _bytes(answer: Any, name: str) -> bytes:
    try:
        return base64.b64decode(_text(answer, name), validate=True)
    except ValueError:
        raise KeysUnusable(f"the key service's {name} is not base64") from None
