"""A part in a container: what starts it, who asks after it, and who sees its figures."""

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from deploy import part
from deploy.ask import is_well
from deploy.metrics import Door
from deploy.parts import PARTS, host
from deploy.settings_reference import PARTS as READERS
from deploy.settings_reference import settings_of
from deploy.site import Site
from services.chassis.edge.starting import from_environment


class Gateway(BaseHTTPRequestHandler):
    """What a gateway tells its own machine."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path in ("/metrics", "/readyz") else 503)
        self.send_header("content-type", "text/plain")
        self.end_headers()
        self.wfile.write(b"gateway_requests_in_flight 0.0\n")

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    running = threading.Thread(target=server.serve_forever)
    running.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    running.join()
    server.server_close()


@pytest.fixture
def gateway() -> Iterator[str]:
    yield from serving(Gateway)


@pytest.fixture
def door(gateway: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Door, "source", f"{gateway}/metrics")
    yield from serving(Door)


def test_the_door_shows_the_figures_and_nothing_else(door: str):
    with urlopen(f"{door}/metrics", timeout=5) as answer:  # noqa: S310  our own
        told = answer.read()

    assert told == b"gateway_requests_in_flight 0.0\n"
    assert "Python" not in answer.headers["server"]
    with pytest.raises(HTTPError, match="404") as refused:
        urlopen(f"{door}/readyz", timeout=5)  # noqa: S310  our own
    refused.value.close()


def test_a_health_check_tells_well_unwell_and_dead(gateway: str):
    assert is_well(f"{gateway}/readyz")
    assert not is_well(f"{gateway}/unwell")
    assert not is_well("http://127.0.0.1:9/readyz")


@pytest.mark.parametrize("name", [one.name for one in PARTS])
def test_every_part_has_a_command(name: str):
    (line,) = part.words(name, [])

    assert line[0] == sys.executable


def test_migrating_takes_the_schemas_whose_owner_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IDENTITY_MIGRATION_URL", "postgresql://x")
    monkeypatch.delenv("MEMBERSHIP_MIGRATION_URL", raising=False)

    assert [line[3:5] for line in part.words("migrate", [])] == [["-n", "identity"]]


def test_what_is_no_part_has_none():
    assert part.words("", []) == part.words("postgres", []) == []


def test_a_part_answers_other_machines_only_when_it_is_told_to(
    tmp_path, monkeypatch: pytest.MonkeyPatch
):
    site = Site(tmp_path, "127.0.0.1", 8000, small=False, database="niangjia")
    monkeypatch.delenv("NIANGJIA_LISTEN", raising=False)
    alone = {host(one, site) for one in PARTS}
    monkeypatch.setenv("NIANGJIA_LISTEN", "0.0.0.0")  # noqa: S104  what a container is told

    assert alone == {"127.0.0.1"}
    assert {host(one, site) for one in PARTS} == {"0.0.0.0"}  # noqa: S104


@pytest.mark.parametrize("name", list(READERS))
def test_every_setting_says_what_it_is_for(name: str):
    assert [one.name for one in settings_of(READERS[name]) if not one.told] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("SERVICES", "not json but a secret"), ("LIMITS_FACTOR", "a secret"), ("MODE", "a secret")],
)
def test_a_setting_that_is_missing_or_wrong_is_named_and_its_value_is_not(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(f"GATEWAY_{name}", value)

    with pytest.raises(SystemExit, match=f"GATEWAY_{name}") as ended:
        from_environment(READERS["gateway"], "gateway")

    assert "secret" not in str(ended.value)
    assert ended.value.__suppress_context__
