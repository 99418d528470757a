"""A fresh installation has nobody's account, and nothing of it answers that is not meant to.

AUTH-11: no default accounts, no debug or documentation pages on the public listener.
"""

from pathlib import Path

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from services.identity.app import create_app
from tests.service.gateway_rig import rig
from tests.service.identity_rig import identity_settings

INNER = (
    "/openapi.json", "/docs", "/redoc", "/readyz", "/metrics", "/events", "/local/codes",
    "/local/codes.json", "/debug", "/.well-known/jwks.json", "/v2/accounts", "/",
)  # fmt: skip
BETWEEN_PARTS = (
    "/v1/session-exchanges", "/v1/revocations", "/v1/assertion-exchanges",
    "/v1/gateway-refusals", "/v1/standing-checks", "/v1/me/phone",
)  # fmt: skip


def test_a_fresh_installation_has_no_account_and_no_session(database):
    tables = ("staff_accounts", "workers", "grants", "sessions", "api_clients", "user_token_keys")

    with psycopg.connect(database.admin_url) as connection:
        counts = {
            table: connection.execute(f"select count(*) from identity.{table}").fetchone()
            for table in tables
        }

    assert counts == dict.fromkeys(tables, (0,))


async def test_in_production_nothing_answers_but_operations_and_probes(
    database, keys_dir: Path, tmp_path: Path
):
    app = create_app(identity_settings(database, keys_dir, tmp_path, mode="production"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://identity") as client,
    ):
        statuses = {path: (await client.get(path)).status_code for path in INNER}

    # The gateway makes the public document out of this one; it is not routed itself.
    assert {path for path, status in statuses.items() if status not in (404, 405)} == {
        "/openapi.json",
        "/metrics",
        "/readyz",
    }


@pytest.mark.parametrize("service", ["identity", "membership", "frontend"])
async def test_the_public_listener_routes_no_inner_address(tmp_path: Path, service: str):
    async with rig(tmp_path) as gateway:
        outcomes = {}
        for path in (*INNER, *(BETWEEN_PARTS if service == "identity" else ())):
            for method in ("GET", "POST"):
                url = f"{gateway.url}/api/{service}{path}"
                async with gateway.client.request(method, url) as answer:
                    outcomes[f"{method} {path}"] = answer.status
        heard = [one["path"] for one in (*gateway.identity.heard, *gateway.membership.heard)]

    assert set(outcomes.values()) == {404}, outcomes
    assert heard == []
