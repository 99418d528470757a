"""Whatever goes wrong inside, the caller gets a problem and an id, and not a word of what it is."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute

from frontend.app import create_app as create_frontend
from frontend.settings import Settings as Frontend
from services.chassis.edge.telemetry import configure_logs
from services.identity.app import create_app as create_identity
from services.identity.settings import Settings as Identity
from services.membership.app import create_app as create_membership
from services.membership.settings import Settings as Membership
from tests.people import LI
from tests.vouching import vouch

SECRET = "insert into people values (320501199001011234, '王小美')"
SORRY = "系统出现意外，您的请求没有生效，请稍后重试或联系管理员。"
FOLDER = UUID(int=7)


class Surprise(Exception):
    """Something that nobody foresaw, with personal data in its words."""


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(*_: Any) -> None:
        raise Surprise(SECRET)

    monkeypatch.setattr(APIRoute, "handle", crash)


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    root = logging.getLogger()
    before = structlog.get_config(), root.handlers[:], root.level
    out = io.BytesIO()
    configure_logs("membership", "info", out, cached=False)
    yield lambda: [orjson.loads(line) for line in out.getvalue().splitlines()]
    structlog.configure(**before[0])
    root.handlers[:], root.level = before[1], before[2]


def given(keys: Path, part: str) -> dict[str, Any]:
    return {
        "private_key": keys / f"{part}.jwk",
        "trust": keys / "trust.jwks",
        "database_url": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
        "keys": keys / "kek.json",
        "webhook_secret_file": keys / "webhook.secret",
        "data_dir": keys,
    }


def service(part: str, keys: Path) -> FastAPI:
    if part == "identity":
        return create_identity(Identity.model_validate(given(keys, part)))
    return create_membership(Membership.model_validate(given(keys, part)))


def operations(app: FastAPI) -> Iterator[tuple[str, str]]:
    for path, told in app.openapi()["paths"].items():
        for method in told:
            yield method.upper(), re.sub(r"\{[^}]+\}", str(FOLDER), path)


@pytest.mark.parametrize("part", ["identity", "membership"])
async def test_every_operation_hides_what_went_wrong(
    part: str, keys_dir: Path, crashing: None, lines: Callable[[], list[dict[str, Any]]]
):
    app = service(part, keys_dir)
    asked = list(operations(app))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = vouch(keys_dir, part)(LI)

    async with httpx.AsyncClient(transport=transport, base_url="http://part") as caller:
        answers = [await caller.request(*one, headers=headers) for one in asked]

    assert len(asked) > 20
    for (method, path), answer in zip(asked, answers, strict=True):
        told = answer.json()
        assert answer.status_code == told["status"] == 500, f"{method} {path}"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-request-id"] == "test-request-0001"
        assert told["detail"] == SORRY
        assert not gives_away(answer), f"{method} {path}"
    crashed = [line for line in lines() if line["event"] == "request.crashed"]
    assert len(crashed) == len(asked)
    assert {line["exception"][0]["type"] for line in crashed} == {"Surprise"}
    assert "320501199001011234" not in str(lines())
    assert "王小美" not in str(lines())


async def test_every_page_hides_what_went_wrong(
    keys_dir: Path, crashing: None, lines: Callable[[], list[dict[str, Any]]]
):
    told = {"private_key": keys_dir / "frontend.jwk", "trust": keys_dir / "trust.jwks"}
    pages = create_frontend(Frontend.model_validate(told))
    asked = sorted({path for method, path in operations(pages.app) if method == "GET"})
    transport = httpx.ASGITransport(pages, raise_app_exceptions=False)

    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as caller:
        answers = [await caller.get(path) for path in asked]

    assert len(asked) > 20
    for path, answer in zip(asked, answers, strict=True):
        assert answer.status_code == 500, path
        assert answer.headers["content-type"].startswith("text/html"), path
        assert not gives_away(answer), path
    assert "320501199001011234" not in str(lines())


def gives_away(answer: httpx.Response) -> list[str]:
    """What an attacker would like to read: names, statements, places, versions."""
    everything = answer.text + str(answer.headers)
    wanted = ("Surprise", "insert into", "3205011", "王小美", "Traceback", ".py", "uvicorn")
    return [word for word in wanted if word in everything] + [
        name for name in ("server", "x-powered-by") if name in answer.headers
    ]
