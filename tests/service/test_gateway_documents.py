"""One document of all services, documentation that loads nothing from outside, explanations."""

import re
from pathlib import Path
from typing import Any

from aiohttp import web

from services.chassis.kernel.refusals import Refusal
from tests.service.gateway_rig import Handler, rig


def document(title: str, **paths: Any) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(
            {
                "openapi": "3.1.0",
                "info": {"title": title, "version": "1"},
                "paths": {path.replace("__", "/"): item for path, item in paths.items()},
                "components": {
                    "schemas": {
                        "Page": {"type": "object", "properties": {"of": {"const": title}}},
                        "List": {"type": "array", "items": {"$ref": "#/components/schemas/Page"}},
                    },
                    "securitySchemes": {"inner": {"type": "http", "scheme": "basic"}},
                },
                "tags": [{"name": "things", "description": "东西"}],
                "x-problems": {f"{title}-full": "已经满了"},
            }
        )

    return handler


def operation(name: str, **more: Any) -> dict[str, Any]:
    answer = {"schema": {"$ref": "#/components/schemas/List"}}
    return {
        "operationId": name,
        "tags": ["things"],
        "summary": "查看",
        "responses": {"200": {"description": "好", "content": {"application/json": answer}}},
    } | more


async def test_merged_document_shows_the_outside_of_every_service(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        here.identity.answers["/openapi.json"] = document(
            "identity",
            **{
                "/v1/me": {"get": operation("me")},
                "/v1/phone-codes": {"post": operation("codes", security=[])},
                "/v1/revocations": {"get": operation("revocations")},
                "/livez": {"get": operation("livez")},
            },
        )
        here.membership.answers["/openapi.json"] = document(
            "membership", **{"/v1/unions": {"get": operation("me"), "parameters": []}}
        )
        async with here.client.get(f"{here.url}/api/openapi.json") as answer:
            assert answer.status == 200
            merged = await answer.json()

    assert set(merged["paths"]) == {
        "/api/identity/v1/me",
        "/api/identity/v1/phone-codes",
        "/api/membership/v1/unions",
    }
    assert set(merged["components"]["schemas"]) == {
        "identity.Page",
        "identity.List",
        "membership.Page",
        "membership.List",
    }
    unions = merged["paths"]["/api/membership/v1/unions"]["get"]
    schema = unions["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/membership.List"}
    items = merged["components"]["schemas"]["membership.List"]["items"]
    assert items == {"$ref": "#/components/schemas/membership.Page"}
    assert unions["operationId"] == "membership_me"
    assert unions["tags"] == ["membership/things"]
    assert unions["security"] == [{"bearer": []}]
    assert merged["paths"]["/api/identity/v1/phone-codes"]["post"]["security"] == []
    assert set(merged["components"]["securitySchemes"]) == {"bearer"}
    assert merged["openapi"] == "3.1.0"


async def test_service_that_is_down_keeps_its_last_known_part(tmp_path: Path) -> None:
    async def broken(request: web.Request) -> web.Response:
        return web.Response(status=500, text="oh")

    async with rig(tmp_path) as here:
        url = f"{here.url}/api/openapi.json"
        here.identity.answers["/openapi.json"] = broken
        here.membership.answers["/openapi.json"] = document(
            "membership", **{"/v1/unions": {"get": operation("unions")}}
        )
        async with here.client.get(url) as answer:
            first = await answer.json()
        here.membership.answers["/openapi.json"] = broken
        async with here.client.get(url) as answer:
            second = await answer.json()

    assert set(first["paths"]) == {"/api/membership/v1/unions"}
    assert second == first


async def test_documentation_refers_to_nothing_outside(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "swagger-ui.css").write_text("body{}")
    (folder / "swagger-ui-bundle.js").write_text("window.SwaggerUIBundle = 1")

    async with rig(tmp_path, swagger_dir=folder) as here:
        async with here.client.get(f"{here.url}/api/docs") as answer:
            page = await answer.text()
            policy = answer.headers["Content-Security-Policy"]
        targets = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert answer.status == 200
        assert all(target.startswith("/api/") for target in targets)
        assert len([target for target in targets if "/assets/" in target]) == 3
        assert "<script>" not in page
        assert "style=" not in page
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        for target in targets:
            async with here.client.get(here.url + target) as answer:
                assert answer.status == 200
                if "/assets/" in target:
                    assert "immutable" in answer.headers["Cache-Control"]
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"
        async with here.client.get(f"{here.url}/api/docs/assets/swagger-ui.css") as answer:
            assert answer.status == 404


async def test_missing_viewer_is_said_plainly(tmp_path: Path) -> None:
    async with (
        rig(tmp_path, swagger_dir=tmp_path / "nowhere") as here,
        here.client.get(f"{here.url}/api/docs") as answer,
    ):
        assert answer.status == 503
        assert "文档查看器没有安装" in await answer.text()


async def test_every_refusal_has_an_explanation_behind_its_type(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for kind in Refusal.__subclasses__():
            if not kind.__module__.startswith("services.chassis.kernel"):
                continue
            url = f"{here.url}/problems/{kind.code}"
            async with here.client.get(url) as answer:
                body = await answer.json()
            assert answer.status == 200
            assert body["type"] == f"/problems/{kind.code}"
            assert body["title"] == kind.title
            async with here.client.get(url, headers={"Accept": "text/html"}) as answer:
                assert kind.title in await answer.text()


async def test_codes_of_services_are_explained_by_their_document(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        here.membership.answers["/openapi.json"] = document("membership")
        async with here.client.get(f"{here.url}/problems/membership-full") as answer:
            assert (await answer.json())["title"] == "已经满了"
        async with here.client.get(f"{here.url}/problems/<script>") as answer:
            assert answer.status == 404


async def test_every_answer_of_the_gateways_own_is_hardened(tmp_path: Path) -> None:
    paths = ("/livez", "/readyz", "/metrics", "/api/openapi.json", "/api/docs", "/problems/gone")

    async with rig(tmp_path) as here:
        for path in (*paths, "/problems/unknown", "/api/x", "/docs"):
            async with here.client.get(here.url + path) as answer:
                headers = answer.headers
            assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert "Server" not in headers
            assert "X-Request-Id" in headers
            assert not any(name.lower().startswith("access-control") for name in headers)
