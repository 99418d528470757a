"""A request finds its service, and nothing that is inner is reached from outside."""

from pathlib import Path

from aiohttp import web
from yarl import URL

from services.chassis.kernel.actors import ANONYMOUS
from tests.service.gateway_rig import Handler, clerk, rig

INNER = [
    "/api/identity/v1/session-exchanges",
    "/api/identity/v1/session-exchanges/",
    "/api/identity/v1/%73ession-exchanges",
    "/api/identity/v1/revocations",
    "/api/identity/v1/revocations?after=3",
    "/api/identity/v1/assertion-exchanges",
    "/api/identity/v1/gateway-refusals",
    "/api/identity/v1/me/phone",
    "/api/identity/livez",
    "/api/identity/metrics",
    "/api/membership/readyz",
    "/api/membership/events",
    "/api/membership/openapi.json",
    "/api/membership/docs",
    "/api/membership/v2/applications",
    "/api/identity/local/codes",
    "/api/frontend/v1/desk",
    "/api/nobody/v1/things",
    "/api",
    "/api/",
    "/events",
    "/events/membership",
    "/local/codes",
    "/docs",
    "/redoc",
    "/openapi.json",
]


async def test_request_with_a_token_reaches_the_service_as_that_person(tmp_path: Path) -> None:
    person = clerk()

    async with rig(tmp_path) as here:
        url = URL(f"{here.url}/api/membership/v1/applications/7?x=%E5%BC%A0&y=a%2Fb", encoded=True)
        async with here.client.get(url, headers=here.as_(person)) as answer:
            assert answer.status == 200
            assert await answer.json() == {"heard": 0}

        assert here.membership.last["path"] == "/v1/applications/7?x=%E5%BC%A0&y=a%2Fb"
        assert here.told(here.membership) == person
        assert here.membership.last["headers"]["x-deadline-ms"] == "10000"


async def test_request_without_credential_travels_as_nobody(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        async with here.client.post(f"{here.url}/api/identity/v1/phone-codes", json={}) as answer:
            assert answer.status == 200

        assert here.told(here.identity) == ANONYMOUS
        assert here.identity.last["method"] == "POST"
        assert here.identity.last["body"] == b"{}"


async def test_everything_else_is_a_page(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for path in ("/", "/join/abc", "/static/app.1.css", "/desk?tab=due"):
            async with here.client.get(here.url + path) as answer:
                assert answer.status == 200
            assert here.frontend.last["path"] == path
            assert "authorization" not in here.frontend.last["headers"]


async def test_inner_addresses_are_not_there(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for path in INNER:
            for method in ("GET", "POST"):
                url = URL(here.url + path, encoded=True)
                async with here.client.request(method, url, headers=here.as_(clerk())) as answer:
                    assert answer.status == 404, (method, path)
                    assert (await answer.json())["type"] == "/problems/not-found"

        assert here.identity.heard == here.membership.heard == here.frontend.heard == []
        assert here.identity.exchanges == 0


async def test_other_methods_are_refused_with_the_list_of_those_that_exist(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        for method in ("TRACE", "PROPFIND"):
            url = f"{here.url}/api/membership/v1/unions"
            async with here.client.request(method, url) as answer:
                assert answer.status == 405
                assert "DELETE" in answer.headers["Allow"]
        async with here.client.post(f"{here.url}/livez") as answer:
            assert answer.status == 405
            assert answer.headers["Allow"] == "GET, HEAD"


async def test_only_liveness_is_for_everybody(tmp_path: Path) -> None:
    proxied = {"X-Forwarded-For": "203.0.113.9"}

    async with rig(tmp_path) as here:
        async with here.client.get(here.url + "/livez", headers=proxied) as answer:
            assert (answer.status, await answer.text()) == (200, "ok")
        for path in ("/readyz", "/metrics"):
            async with here.client.get(here.url + path, headers=proxied) as answer:
                assert answer.status == 404
            async with here.client.get(here.url + path) as answer:
                assert answer.status == 200
        assert b"gateway_requests_total" in await here.raw(
            b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )


async def test_links_and_redirects_stay_on_our_origin(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        base = f"http://127.0.0.1:{here.membership.port}"
        cases = {
            "/v1/a": ("/v1/unions/1", "/api/membership/v1/unions/1"),
            "/v1/b": (f"{base}/v1/unions/2", "/api/membership/v1/unions/2"),
            "/v1/c": ("https://evil.example/x", None),
            "/v1/d": ("//evil.example/x", None),
            "/v1/e": ("/\\evil.example", None),
        }
        for path, (told, shown) in cases.items():
            here.membership.answers[path] = redirecting(told)
            url = f"{here.url}/api/membership{path}"
            async with here.client.get(url, allow_redirects=False) as answer:
                assert answer.headers.get("Location") == shown, told
                assert answer.headers["Link"] == '</api/membership/v1/x?after=1>; rel="next"'


def redirecting(target: str) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        headers = {"Location": target, "Link": '</v1/x?after=1>; rel="next"'}
        return web.Response(status=307, headers=headers)

    return handler
