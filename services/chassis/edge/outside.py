"""Posts to other systems' addresses: pinned, no proxy, no redirect, little read of the answer."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.typedefs import LooseHeaders
from yarl import URL

from services.chassis.edge.redaction import redact_text
from services.chassis.edge.targets import Resolve, TargetRefused, Targets
from services.chassis.kernel.hooks import Heard

TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5, sock_connect=5, sock_read=10)
AT_ONCE = 64
READ = 4096  # bytes of an answer that are read; what is more is never fetched
SHOWN = 500  # characters of it that the log keeps


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The machine's resolver; it understands octal, hexadecimal and short forms, so they are
    looked at like any other answer.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(5):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return ()
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Pinned(AbstractResolver):
    """Gives the connector only addresses that were all looked at, each time anew."""

    def __init__(self, targets: Targets, resolve: Resolve) -> None:
        self._targets = targets
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._targets.addresses(host, port, self._resolve)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in found
        ]

    async def close(self) -> None:
        """It holds nothing open; the connector asks all the same."""


class Outside:
    """The one client that calls addresses which somebody else wrote down."""

    def __init__(
        self,
        targets: Targets,
        resolve: Resolve = system_resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.targets = targets
        self._resolve = resolve
        connector = aiohttp.TCPConnector(
            resolver=Pinned(targets, resolve),
            use_dns_cache=False,
            ssl=tls or True,
            limit=AT_ONCE,
            socket_factory=self._socket,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            skip_auto_headers=("Accept-Encoding",),
        )

    async def __aenter__(self) -> "Outside":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def check(self, url: str) -> None:
        """Whether the address may be called, as its name resolves now."""
        host, port = self.targets.check_url(url)
        await self.targets.addresses(host, port, self._resolve)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Heard:
        """One attempt; whatever goes wrong comes back as a word."""
        begun = time.perf_counter()
        status, error, answer, wait = None, "", "", ""
        try:
            self.targets.check_url(url)
            status, answer, wait = await self._post(url, body, headers)
        except TargetRefused as refused:
            error = f"target-{refused.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            error = _word(failure)
        return Heard(status, error, answer, wait, round((time.perf_counter() - begun) * 1000))

    async def _post(self, url: str, body: bytes, headers: LooseHeaders) -> tuple[int, str, str]:
        async with self._session.post(
            URL(url), data=body, headers=headers, allow_redirects=False
        ) as answer:
            start = b""
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                start = await answer.content.read(READ)
            if not answer.content.at_eof():
                answer.close()  # the rest is never fetched
            text = redact_text(start.decode("utf-8", "replace").replace("\x00", "\ufffd"))
            return answer.status, text[:SHOWN], answer.headers.get("Retry-After", "")[:20]

    def _socket(self, info: Any) -> socket.socket:
        """The last look, at the very address that is about to be connected to."""
        family, kind, proto, _, where = info
        self.targets.check_address(str(where[0]))
        made = socket.socket(family=family, type=kind, proto=proto)
        made.setblocking(False)
        return made


def _word(failure: Exception) -> str:
    """What went wrong, without anything that the other side wrote."""
    refused = _cause(failure)
    if refused is not None:
        return f"target-{refused.reason}"
    if isinstance(failure, TimeoutError):
        return "timeout"
    if isinstance(failure, aiohttp.ClientSSLError | ssl.SSLError):
        return "tls"
    if isinstance(failure, aiohttp.ClientConnectorError | OSError):
        return "connection"
    return "no-http"


def _cause(failure: BaseException | None) -> TargetRefused | None:
    while failure is not None:
        if isinstance(failure, TargetRefused):
            return failure
        failure = failure.__cause__ or failure.__context__
    return None
