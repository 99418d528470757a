"""Bodies end at their limit and in their time, and answers tell browsers how far to trust them."""

import asyncio
from contextlib import suppress

import orjson
import pytest
from fastapi import FastAPI, Request

from services.chassis.edge.asgi import BaseHeaders, BodyLimit
from services.chassis.edge.health import Finding, Health, calendar_check, readiness
from services.chassis.kernel.clock import utc_now

LIMIT = 1024


def pieces(*parts, pause=0.0):
    waiting = list(parts)

    async def receive():
        if not waiting:
            await asyncio.sleep(30)
        await asyncio.sleep(pause)
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    return receive


async def ask(app, receive=None, *, path="/v1/x", headers=(), method="POST"):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
        "root_path": "",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "extensions": {},
    }
    await app(scope, receive or pieces(b""), send)
    body = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
    return sent[0]["status"], dict(sent[0]["headers"]), body


def service():
    app = FastAPI()

    @app.post("/v1/x")
    async def echo(body: dict[str, str]) -> dict[str, str]:
        return body

    @app.post("/v1/imports")
    async def count(request: Request) -> int:
        return sum([len(part) async for part in request.stream()])

    @app.post("/v1/swallow")
    async def swallow(request: Request) -> str:
        with suppress(Exception):
            await request.body()
        return "fine"

    return app


def limited(**options):
    return BodyLimit(service(), limit=LIMIT, larger={"/v1/imports": 4096}, **options)


JSON = (b"content-type", b"application/json")


async def test_body_within_its_limit_passes():
    body = orjson.dumps({"a": "x" * 900})

    status, _, answer = await ask(limited(), pieces(body[:500], body[500:]), headers=[JSON])

    assert (status, answer) == (200, body)


@pytest.mark.parametrize("path", ["/v1/x", "/v1/swallow"])
async def test_body_that_grows_too_big_on_the_way_is_refused(path):
    receive = pieces(*[b"x" * 600] * 3)

    status, headers, answer = await ask(limited(), receive, path=path, headers=[JSON])

    problem = orjson.loads(answer)
    assert status == problem["status"] == 413
    assert problem["detail"] == "提交的内容超过了上限 1 KB，请减小后重新提交。"
    assert headers[b"connection"] == b"close"


async def test_body_announced_too_big_is_refused_unread():
    async def receive():
        raise AssertionError("read")

    length = (b"content-length", b"1025")

    assert (await ask(limited(), receive, headers=[JSON, length]))[0] == 413


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"", b"9" * 5000])
async def test_body_with_a_length_that_is_none_is_refused(length):
    status, _, _ = await ask(limited(), headers=[(b"content-length", length)])

    assert status in {400, 413}


async def test_body_of_an_upload_has_its_own_limit():
    app = limited()

    small = await ask(app, pieces(b"x" * 3000, b"x" * 1000), path="/v1/imports")
    large = await ask(app, pieces(b"x" * 3000, b"x" * 2000), path="/v1/imports")

    assert (small[0], small[2]) == (200, b"4000")
    assert large[0] == 413


async def test_body_that_is_too_slow_is_cut():
    app = limited(seconds=0.2)
    drip = pieces(*[b" "] * 100, pause=0.02)

    status, headers, answer = await asyncio.wait_for(ask(app, drip, headers=[JSON]), 2)

    assert status == orjson.loads(answer)["status"] == 408
    assert headers[b"connection"] == b"close"


async def test_failure_of_the_application_is_not_swallowed():
    async def app(scope, receive, send):
        raise KeyError

    with pytest.raises(KeyError):
        await ask(BodyLimit(app))


async def test_base_headers_stand_on_every_answer():
    async def app(scope, receive, send):
        headers = [(b"Server", b"uvicorn"), (b"cache-control", b"max-age=60")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    _, headers, _ = await ask(BaseHeaders(app))

    assert headers == {
        b"cache-control": b"max-age=60",
        b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"same-origin",
        b"cross-origin-opener-policy": b"same-origin",
        b"cross-origin-resource-policy": b"same-origin",
    }


async def good():
    return None


async def bad():
    return "at 0001, code needs 0002"


async def broken():
    raise ConnectionError("postgresql://app:secret@db/membership")


async def hanging():
    await asyncio.sleep(30)


async def test_health_names_what_is_not_ready_without_secrets():
    checks = {"keys": good, "migrations": bad, "database": broken, "calendar": hanging}
    app = Health(service(), checks, seconds=0.1, warnings={"disk": bad})

    status, _, answer = await ask(app, path="/readyz", method="GET")

    assert status == 503
    assert orjson.loads(answer) == {
        "ready": False,
        "checks": [
            {"check": "keys", "ok": True, "detail": "正常"},
            {"check": "migrations", "ok": False, "detail": "at 0001, code needs 0002"},
            {"check": "database", "ok": False, "detail": "检查没有完成（ConnectionError）。"},
            {"check": "calendar", "ok": False, "detail": "检查没有完成（TimeoutError）。"},
            {"check": "disk", "ok": False, "detail": "at 0001, code needs 0002"},
        ],
    }


async def test_health_warns_and_goes_on_serving():
    app = Health(service(), {"keys": good}, warnings={"disk": bad})

    status, _, answer = await ask(app, path="/readyz", method="GET")

    assert status == 200
    assert orjson.loads(answer)["checks"][1]["ok"] is False


async def test_health_is_alive_while_it_is_not_ready():
    app = Health(service(), {"database": broken})

    assert (await ask(app, path="/livez", method="GET"))[0] == 200
    assert (await ask(Health(service(), {"a": good}), path="/readyz", method="GET"))[0] == 200


async def test_calendar_check_wants_this_year():
    this_year = utc_now().year
    known = calendar_check(lambda: frozenset({this_year}), lambda: utc_now().date())
    unknown = calendar_check(lambda: frozenset({this_year - 1}), lambda: utc_now().date())

    found = await readiness({"known": known, "unknown": unknown})

    assert found == [
        Finding("known", True, "正常"),
        Finding("unknown", False, f"还没有 {this_year} 年的放假安排，期限暂时无法准确计算。"),
    ]
