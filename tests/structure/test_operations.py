"""Every operation of every service, by construction: strangers, words, examples, problems."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.chassis.edge.settings import ServiceSettings
from tests.vouching import vouch

SERVICES = ("identity", "membership")
ROOT = Path(__file__).resolve().parents[2]

# What anybody may do without saying who they are; everything else refuses strangers.
PUBLIC: dict[str, set[str]] = {
    "identity": {
        "POST /v1/phone-codes",
        "POST /v1/worker-sessions",
        "POST /v1/worker-sessions/mini-program",
        "POST /v1/staff-sessions",
        "PUT /v1/passwords",
        "POST /v1/activations/secrets",
        "PUT /v1/activations",
        "POST /v1/tokens",
        "POST /v1/oauth/token",
        "GET /v1/jwks",
        "GET /v1/identity-provider",
        "POST /v1/provider-log-ins",
        "POST /v1/provider-answers",
        "POST /v1/staff-sessions/provider",
    },
    "membership": {
        "GET /v1/codes/{list_name}",
        "GET /v1/calendar/{year}",
        "GET /v1/posters/{code}",
        "GET /v1/posters/{code}/qr.svg",
        "POST /v1/unions/searches",
        "GET /v1/unions/{union_id}/public",
        "POST /v1/enrolment-paths",
        "POST /v1/card-verifications",
        "GET /v1/consent-texts",
    },
}


def app_of(service: str, keys: Path) -> FastAPI:
    settings = import_module(f"services.{service}.settings").Settings(
        mode="local",
        database_url="postgresql+asyncpg://nobody@127.0.0.1:1/nothing",
        private_key=keys / f"{service}.jwk",
        trust=keys / "trust.jwks",
        keys=keys / "kek.json",
        webhook_secret_file=keys / "webhook.secret",
        data_dir=keys,
    )
    assert isinstance(settings, ServiceSettings)
    app = import_module(f"services.{service}.app").create_app(settings)
    assert isinstance(app, FastAPI)
    return app


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_every_operation_refuses_strangers_but_the_listed_ones(service, keys_dir):
    app = app_of(service, keys_dir)
    as_ = vouch(keys_dir, service)
    open_to_all, unvouched = set(), set()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        for method, path, _ in operations(app.openapi()):
            url = path.replace("{", "").replace("}", "")
            if (await client.request(method, url, headers=as_())).status_code != 401:
                open_to_all.add(f"{method} {path}")
            if (await client.request(method, url)).status_code != 401:
                unvouched.add(f"{method} {path}")

    said_open = {
        f"{method} {path}"
        for method, path, operation in operations(app.openapi())
        if operation["security"] == []
    }
    assert unvouched == set()
    assert open_to_all == PUBLIC[service] == said_open


def test_every_operation_says_what_it_is_and_what_it_refuses(service, keys_dir):
    document = app_of(service, keys_dir).openapi()

    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation.get("summary"), where
        assert any("\u4e00" <= c <= "\u9fff" for c in operation["summary"]), where
        assert operation.get("tags"), where
        assert {"401", "422", "503"} <= set(operation["responses"]), where
        if "{" in path:
            assert "404" in operation["responses"], where


def test_every_body_and_every_answer_has_an_example(service, keys_dir):
    document = app_of(service, keys_dir).openapi()
    schemas = document["components"]["schemas"]
    without = set()

    for method, path, operation in operations(document):
        bodies = [operation.get("requestBody", {})]
        bodies += [r for status, r in operation["responses"].items() if status.startswith("2")]
        for body in bodies:
            schema = body.get("content", {}).get("application/json", {}).get("schema", {})
            name = schema.get("$ref", "").rpartition("/")[2]
            if name and not name.startswith("Page_") and "examples" not in schemas[name]:
                without.add(f"{method} {path}: {name}")

    assert without == set()


def test_every_id_in_a_path_is_a_uuid_or_a_code(service, keys_dir):
    for _, path, operation in operations(app_of(service, keys_dir).openapi()):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path" and parameter["name"].endswith("_id"):
                assert parameter["schema"].get("format") == "uuid", path
