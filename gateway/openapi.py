"""One OpenAPI document of all services, as somebody outside sees them."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import orjson
import structlog

from gateway.routes import FRONTEND, Router
from services.chassis.kernel.refusals import Refusal

log = structlog.get_logger()
TIMEOUT = aiohttp.ClientTimeout(total=5, connect=1)
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "登录后得到的访问凭证（access_token），有效期 10 分钟。",
    }
}
REF = "#/components/"
Document = dict[str, Any]


class Documents:
    """Fetches each service's own document; one that is down keeps its last known part."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        bases: Mapping[str, str],
        router: Router,
        seconds: float,
        tick: Callable[[], float],
    ) -> None:
        self._session = session
        self._bases = {name: base for name, base in bases.items() if name != FRONTEND}
        self._router = router
        self._seconds = seconds
        self._tick = tick
        self._parts: dict[str, Document] = {}
        self._merged: Document = merge({}, router)
        self._fetched_at: float | None = None
        self._turn = asyncio.Lock()

    async def merged(self) -> Document:
        """The merged document, at most some seconds old."""
        async with self._turn:
            if self._fetched_at is None or self._tick() - self._fetched_at > self._seconds:
                found = await asyncio.gather(*(self._fetch(name) for name in self._bases))
                missing = [name for name in self._bases if name not in self._parts]
                # A part that was never seen is asked for again soon.
                self._fetched_at = self._tick() - (self._seconds - 2 if missing else 0)
                if any(found):
                    self._merged = merge(self._parts, self._router)
        return self._merged

    async def problem_titles(self) -> dict[str, str]:
        """Refusal codes that services explain by themselves: code -> title."""
        titles: dict[str, str] = (await self.merged()).get("x-problems", {})
        return titles

    async def _fetch(self, name: str) -> bool:
        try:
            async with self._session.get(
                f"{self._bases[name].rstrip('/')}/openapi.json",
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as answer:
                part = orjson.loads(await answer.read())
                if answer.status != 200 or not isinstance(part.get("paths"), dict):
                    raise ValueError("no document")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError) as error:
            log.warning("openapi.part_missing", service=name, reason=type(error).__name__)
            return False
        self._parts[name] = part
        return True


def merge(parts: Mapping[str, Document], router: Router) -> Document:
    """All parts in one document; operations that the gateway does not route are left out."""
    paths: Document = {}
    components: dict[str, Document] = {"securitySchemes": dict(SECURITY)}
    tags: list[Document] = []
    problems: dict[str, str] = {}
    events: Document = {}
    for service, part in sorted(parts.items()):
        renamed = _rename(part, service)
        for path, item in renamed["paths"].items():
            open_item = _open_operations(f"/api/{service}{path}", item, service, router)
            if open_item:
                paths[f"/api/{service}{path}"] = open_item
        for kind, members in renamed.get("components", {}).items():
            if kind != "securitySchemes":
                named = {f"{service}.{name}": _untitled(one) for name, one in members.items()}
                components.setdefault(kind, {}).update(named)
        tags += [tag | {"name": f"{service}/{tag['name']}"} for tag in renamed.get("tags", ())]
        problems |= part.get("x-problems", {})
        events |= part.get("x-events", {})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "娘家开放接口",
            "version": "1",
            "description": "工会数字服务平台的全部公开接口。拒绝办理时的回答遵循 RFC 9457。",
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": components,
        "x-problems": problems,
        "x-events": events,
    }


def _open_operations(path: str, item: Document, service: str, router: Router) -> Document:
    kept: Document = {}
    for key, value in item.items():
        if key not in METHODS:
            kept[key] = value
        elif _is_routed(router, key, path):
            kept[key] = _operation(value, service)
    return kept if any(key in METHODS for key in kept) else {}


def _is_routed(router: Router, method: str, path: str) -> bool:
    try:
        router.match(method.upper(), path)
    except Refusal:
        return False
    return True


def _operation(operation: Document, service: str) -> Document:
    is_public = operation.get("security") == []
    changed = operation | {
        "tags": [f"{service}/{tag}" for tag in operation.get("tags", ())] or [service],
        "security": [] if is_public else [{"bearer": []}],
    }
    if "operationId" in operation:
        changed["operationId"] = f"{service}_{operation['operationId']}"
    return changed


def _untitled(component: Document) -> Document:
    """Titles repeat the name that a component has at home; here two services may share one."""
    return {key: value for key, value in component.items() if key != "title"}


def _rename(value: Any, service: str) -> Any:
    """The same document with every reference pointing at the service's own names."""
    if isinstance(value, dict):
        return {key: _rename(below, service) for key, below in value.items()}
    if isinstance(value, list):
        return [_rename(below, service) for below in value]
    if isinstance(value, str) and value.startswith(REF):
        kind, _, name = value.removeprefix(REF).partition("/")
        return f"{REF}{kind}/{service}.{name}"
    return value
