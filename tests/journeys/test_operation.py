"""What an operator relies on: logs that nobody can forge, figures that alert rules ask for."""

import json
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import httpx
import psycopg
import yaml

from deploy.addresses import ROOT, named
from deploy.backup.figures import FIGURES
from tests.platform import Platform

FORGED = '\r\n{"event":"forged","level":"info"}\x1b[2J\x1b]0;forged\x07'
# What Prometheus and its exporters make by themselves.
NOT_OURS = {"up", "probe_ssl_earliest_cert_expiry"}
NODE = re.compile(r"node_filesystem_(avail|size)_bytes")
WORD = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
SHOWN = re.compile(r"^(?:# TYPE )?([a-z_]+)(?:\{| )", re.M)
LANGUAGE = {"histogram_quantile", "predict_linear"}
LABELS = {"__rate_interval"}


def test_nobody_forges_a_line_of_the_log(platform: Platform):
    with httpx.Client(base_url=platform.url) as caller:
        body = {"account": f"li{FORGED}", "password": FORGED, "code": "000000"}
        caller.post("/api/identity/v1/staff-sessions", json=body)
        caller.get("/api/membership/v1/codes/x%0d%0a%7b%22event%22:%22forged%22%7d%1b[31m")
        caller.get("/join", params={"poster": FORGED}, headers={"X-Request-Id": "a" * 300})
    where = urlsplit(platform.url)
    with socket.create_connection((where.hostname, where.port), 5) as raw:
        raw.sendall(f"GET / HTTP/1.1\r\nHost: {where.netloc}\r\n".encode())
        raw.sendall(b"User-Agent: \x1b[31mforged\r\nReferer: x\x1b]0;forged\x07\r\n\r\n")
        raw.recv(100)

    written = b"".join(path.read_bytes() for path in (Path(platform.home) / "log").glob("*.log"))
    lines = [json.loads(line) for line in written.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]

    assert b"\x1b" not in written
    assert b"\r" not in written
    assert not [line for line in lines if line["event"] == "forged"]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert {line["level"] for line in lines} <= {"debug", "info", "warning", "error", "critical"}
    assert requests
    for line in requests:
        assert {"trace_id", "status", "method", "route", "part"} <= set(line)


def test_log_ins_refusals_and_what_administrators_do_stand_in_the_audit(
    platform: Platform, cluster_url: str
):
    with httpx.Client(base_url=platform.url) as caller:
        body = {"account": "li.jingban", "password": "not the password", "code": "000000"}
        answer = caller.post("/api/identity/v1/staff-sessions", json=body)

    with psycopg.connect(named(cluster_url, platform.database)) as connection:
        found = set(connection.execute("select action, outcome from identity.audit").fetchall())

    assert answer.status_code == 401
    assert {("staff.log-in", "done"), ("staff.log-in", "refused")} <= found
    assert any(action.startswith("account.") for action, _ in found)


def test_every_figure_that_rules_and_dashboard_ask_for_is_really_shown(platform: Platform):
    shown = set(FIGURES)
    for part in (platform.gateway, platform.frontend, platform.identity, platform.membership):
        with urlopen(f"{part}/metrics", timeout=5) as answer:  # noqa: S310  our own platform
            shown |= set(SHOWN.findall(answer.read().decode()))

    asked = {name for expression in expressions() for name in names_in(expression)}

    assert len(asked) > 15
    assert {name for name in asked - NOT_OURS if not NODE.fullmatch(name)} <= shown


def expressions() -> list[str]:
    groups = yaml.safe_load((ROOT / "deploy" / "prometheus" / "rules.yml").read_text())["groups"]
    board = json.loads((ROOT / "deploy" / "grafana" / "niangjia.json").read_text())
    return [rule["expr"] for group in groups for rule in group["rules"]] + [
        target["expr"] for panel in board["panels"] for target in panel["targets"]
    ]


def names_in(expression: str) -> set[str]:
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)", "", expression)
    return set(WORD.findall(bare)) - LANGUAGE - LABELS | ({"up"} if "up{" in expression else set())
