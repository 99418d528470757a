"""One call through the gateway, with the visitor's token and the frontend's own credential."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from frontend.session import Visit
from services.chassis.edge.assertions import SigningKey, sign_client
from services.chassis.edge.budget import HEADER, current_deadline
from services.chassis.edge.problems import refusal_from
from services.chassis.kernel.actors import ANONYMOUS
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import OutOfTime, Refusal, Unavailable

# An upload of 300 MiB over a slow line takes its time; only silence ends it.
_SEND = aiohttp.ClientTimeout(total=None, connect=3, sock_read=120)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said: its facts, and the version they had."""

    status: int
    body: Any
    etag: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way through."""

    kind: str
    disposition: str
    chunks: AsyncIterator[bytes]


class Gateway:
    """Asks on behalf of a visitor; a problem document comes back as the refusal that it was."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, key: SigningKey) -> None:
        self._session = session
        self._base = base_url.rstrip("/") + "/api"
        self._key = key

    async def ask(
        self,
        visit: Visit,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        key: str = "",
        etag: str = "",
        form: aiohttp.FormData | None = None,
    ) -> Answer:
        """One request and its answer; raises the service's refusal."""
        headers = self._headers(visit, key, etag)
        data: Any = form
        if json is not None:
            data = orjson.dumps(json, default=str)
            headers["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                method,
                self._base + path,
                params=params,
                data=data,
                headers=headers,
                timeout=_SEND if form else _ask(),
                allow_redirects=False,
            ) as response:
                return _answer(response, await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unreachable(error) from error

    async def user_keys(self) -> Any:
        """The keys with which identity signs user tokens; nobody in particular asks."""
        nobody = Visit(ANONYMOUS, None, str(new_id()), "", "zh-CN")
        return (await self.ask(nobody, "GET", "/identity/v1/jwks")).body

    async def download(self, visit: Visit, path: str) -> Download:
        """A file, passed on piece by piece."""
        try:
            response = await self._session.get(
                self._base + path, headers=self._headers(visit), timeout=_SEND
            )
            if response.status >= 400:
                async with response:
                    _answer(response, await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unreachable(error) from error
        headers = response.headers
        return Download(
            headers.get("content-type", "application/octet-stream"),
            headers.get("content-disposition", "attachment"),
            _chunks(response),
        )

    def _headers(self, visit: Visit, key: str = "", etag: str = "") -> dict[str, str]:
        headers = {
            "X-Client-Assertion": sign_client(self._key, utc_now()),
            "X-Forwarded-For": visit.address,
            "X-Request-Id": visit.request_id,
            "Accept-Language": visit.language,
            "Accept": "application/json",
            HEADER: str(int(current_deadline().left * 1000)),
        }
        if visit.traceparent:
            headers["traceparent"] = visit.traceparent
        if visit.token:
            headers["Authorization"] = f"Bearer {visit.token}"
        if key:
            headers["Idempotency-Key"] = key
        if etag:
            headers["If-Match"] = etag
        return headers


def _answer(response: aiohttp.ClientResponse, content: bytes) -> Answer:
    try:
        body = orjson.loads(content) if content else None
    except orjson.JSONDecodeError:
        body = {}
    if response.status >= 400:
        wait = response.headers.get("retry-after", "")
        problem = body if isinstance(body, dict) else {}
        raise refusal_from(response.status, problem, int(wait) if wait.isdigit() else None)
    return Answer(response.status, body, response.headers.get("etag", ""))


def _ask() -> aiohttp.ClientTimeout:
    """Nobody waits longer for a service than the browser waits for the page."""
    return aiohttp.ClientTimeout(total=max(0.1, current_deadline().left), connect=3)


def _unreachable(error: Exception) -> Refusal:
    if isinstance(error, TimeoutError):
        return OutOfTime("等待系统答复超时。您填写的内容还在页面上，请稍后再提交一次。")
    return Unavailable("系统暂时连不上，已填写的内容还在页面上，请稍后再试。", retry_after=10)


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with response:
        async for chunk in response.content.iter_chunked(64 * 1024):
            yield chunk
