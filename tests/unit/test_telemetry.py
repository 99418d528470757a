"""No log line holds a person, and nobody can write a line that is not theirs."""

import asyncio
import gc
import io
import logging

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.edge.metrics import Metrics
from services.chassis.edge.redaction import redact, redact_text
from services.chassis.edge.request_log import RequestLog
from services.chassis.edge.telemetry import configure_logs
from services.chassis.edge.tracing import continue_trace, sane_request_id
from services.chassis.kernel.ids import new_id

CANARIES = [
    "320102199001011234",
    "32010219900101123X",
    "320102900101123",
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "６２２２０２１２３４５６７８９０１２３",
    "6222 0212 3456 7890 123",
    "王小美",
    "阿依·古丽",
    "南京市玄武区某某路 12 号",
    "xiaomei.wang@example.org",
]
OURS = "0193a5c2-b7e0-7c3e-8f10-512345678901"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def lines():
    """What was logged; the configuration before the test comes back after it."""
    root = logging.getLogger()
    before = structlog.get_config(), root.handlers[:], root.level
    out = io.BytesIO()
    configure_logs("membership", "debug", out, cached=False)
    yield lambda: [orjson.loads(line) for line in out.getvalue().splitlines()]
    structlog.configure(**before[0])
    root.handlers[:] = before[1]
    root.setLevel(before[2])


def assert_clean(entries):
    text = orjson.dumps(entries).decode()
    assert entries
    for canary in CANARIES:
        assert canary not in text


@pytest.mark.parametrize("canary", CANARIES)
def test_redact_text_cuts_out_what_looks_like_a_person(canary):
    text = redact_text(f"before {canary} after")

    assert canary not in text
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert not any(letter in text for letter in canary if letter.isdigit() and letter not in "12")


@pytest.mark.parametrize(
    "kept",
    [OURS, OURS.replace("-", ""), "2026-11-21T09:30:29Z", "127.0.0.1:8003", "status 404", "0001_x"],
)
def test_redact_text_keeps_what_an_operator_needs(kept):
    assert redact_text(f"see {kept}.") == f"see {kept}."


@given(st.recursive(st.text() | st.integers() | st.binary(), st.lists, max_leaves=20))
def test_redact_answers_whatever_it_is_given(value):
    assert isinstance(orjson.dumps(redact(value)), bytes)


def test_log_of_a_record_holds_no_person(lines):
    log = structlog.get_logger()
    card = {"number": CANARIES[0], "name": [CANARIES[8]], "phone": 13812345678, "raw": b"x"}

    for canary in CANARIES:
        log.info(f"saved {canary}", value=canary, deep={"a": [canary, {canary: canary}]})
    log.info("saved", person=card, thing=type("Person", (), {"__repr__": lambda _: CANARIES[8]})())

    assert_clean(lines())
    assert lines()[-1]["person"]["phone"] == "[…]"


def test_log_of_an_exception_tells_type_and_place_only(lines):
    try:
        try:
            raise KeyError(CANARIES[0])
        except KeyError as cause:
            raise RuntimeError(f"no {CANARIES[8]} Wang Xiaomei") from cause
    except RuntimeError as error:
        structlog.get_logger().error("failed", exc_info=error)
        structlog.get_logger().exception("failed")
        logging.getLogger("library").exception("failed for %s", CANARIES[8])

    entries = lines()
    assert_clean(entries)
    assert "Xiaomei" not in str(entries)
    for entry in entries:
        assert [step["type"] for step in entry["exception"]] == ["RuntimeError", "KeyError"]
        assert entry["exception"][0]["frames"][0].startswith("tests/unit/test_telemetry.py:")


async def test_log_of_a_forgotten_task_holds_no_person(lines):
    async def doomed():
        raise RuntimeError("\n".join(CANARIES))

    task = asyncio.create_task(doomed())
    await asyncio.wait({task})
    del task
    gc.collect()

    assert_clean(lines())
    assert lines()[0]["event"] == "Task exception was never retrieved"


def test_log_line_cannot_be_forged(lines):
    evil = 'x\r\n{"event": "login", "actor": "admin"}\x1b[31m\u2028'

    structlog.get_logger().info("search", text=evil)
    logging.getLogger("library").warning("search %s", evil)

    entries = lines()
    assert entries[0]["event"] == "search"
    assert len(entries) == 2
    assert "login" not in entries[1]["event"]


async def ask(app, path="/v1/people", headers=()):
    sent = []
    scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers)}

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.disconnect"}

    await app(scope, receive, send)
    return sent


async def test_request_log_survives_a_crash_and_tells_nobody_why(lines):
    async def app(scope, receive, send):
        structlog.get_logger().info("looking", name=CANARIES[8])
        raise ValueError(" ".join(CANARIES))

    sent = await ask(RequestLog(app, part="membership"), path=f"/v1/people/{CANARIES[0]}")

    body = orjson.loads(sent[1]["body"])
    assert sent[0]["status"] == body["status"] == 500
    assert_clean([*lines(), sent[1]["body"].decode().replace("系统", "")])
    looking, crashed, request = lines()
    assert crashed["event"] == "request.crashed"
    assert crashed["exception"][0]["type"] == "ValueError"
    assert (request["status"], request["path"]) == (500, "/v1/people/[…]")
    ids = {entry["request_id"] for entry in (looking, crashed, request)}
    assert ids == {body["request_id"]}


async def test_request_log_passes_ids_inward_and_outward(lines):
    seen = {}

    async def app(scope, receive, send):
        seen.update(scope["headers"])
        scope["route"] = type("Route", (), {"path": "/v1/people/{person_id}"})()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    metrics = Metrics("membership")
    given = [(b"X-Request-Id", b"phone-app-0042"), (b"traceparent", TRACE.encode())]
    sent = await ask(RequestLog(app, part="membership", metrics=metrics), headers=given)

    assert dict(sent[0]["headers"]) == {b"x-request-id": b"phone-app-0042"}
    assert seen[b"x-request-id"] == b"phone-app-0042"
    assert seen[b"traceparent"].startswith(TRACE[:35].encode())
    assert seen[b"traceparent"] != TRACE.encode()
    entry = lines()[0]
    assert (entry["trace_id"], entry["status"]) == (TRACE[3:35], 204)
    page = metrics.page()[1].decode()
    assert 'route="/v1/people/{person_id}",status="204"} 1.0' in page


async def test_request_log_leaves_health_checks_out(lines):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    await ask(RequestLog(app, part="membership"), path="/livez")

    assert lines() == []


async def test_metrics_name_no_path(lines):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    log = RequestLog(app, part="membership")
    await ask(log, path=f"/{CANARIES[0]}")
    sent = await ask(log, path="/metrics")

    assert CANARIES[0] not in sent[1]["body"].decode()
    assert 'route="(none)"' in sent[1]["body"].decode()


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "short", "a\r\nb" * 4, *CANARIES])
def test_request_id_that_is_none_is_replaced(given):
    assert sane_request_id(given) != given
    assert len(sane_request_id(given)) == 32


def test_request_id_that_is_sane_is_kept():
    kept = str(new_id())

    assert sane_request_id(kept) == kept


@pytest.mark.parametrize(
    "given", ["", "junk", TRACE.upper(), TRACE + "-x", "00-" + "0" * 32 + "-00f067aa0ba902b7-01"]
)
def test_trace_that_is_none_begins_anew(given):
    assert continue_trace(given).trace_id not in {TRACE[3:35], "0" * 32}


def test_trace_is_continued():
    trace = continue_trace(TRACE)

    assert trace.trace_id == TRACE[3:35]
    assert trace.header.endswith("-01")
    assert trace.child().trace_id == trace.trace_id
    assert trace.child().span_id != trace.span_id
