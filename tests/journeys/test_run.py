"""The local run, as a person at the terminal meets it: it starts, stops, starts again, refuses."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.addresses import ROOT
from tests import clusters
from tests.platform import answers, free_port, run_environment

STARTED_WITHIN = 90


class Terminal:
    """One ``python -m deploy.run`` and what it has said so far."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        self.url = f"http://127.0.0.1:{environment['PORT']}"
        with log.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.run"],
                cwd=ROOT,
                env={**environment, "NIANGJIA_DEMO": "0"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def said(self) -> str:
        return self.log.read_text()

    def until_ready(self) -> "Terminal":
        end = time.monotonic() + STARTED_WITHIN
        while "Ctrl-C" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)
        return self

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def at_home(tmp_path, cluster_url):
    """A folder, a port and a database for one run alone, removed afterwards."""
    name = f"run_{uuid4().hex[:12]}"
    yield run_environment(tmp_path / "home", cluster_url, name, free_port())
    clusters.drop(cluster_url, name)


@pytest.fixture
def start(at_home, tmp_path):
    started: list[Terminal] = []

    def begin(**changes: str) -> Terminal:
        started.append(Terminal({**at_home, **changes}, tmp_path / f"{len(started)}.log"))
        return started[-1]

    yield begin
    for terminal in started:
        if terminal.process.poll() is None:
            terminal.end()


@pytest.fixture
def started(start):
    return start().until_ready()


def test_run_answers_and_ctrl_c_ends_it_without_leaving_anything(started):
    assert answers(f"{started.url}/readyz")

    assert started.end() == 0
    assert not answers(f"{started.url}/livez")


def test_run_a_second_time_is_quick_and_keeps_keys(started, start, at_home):
    key = Path(at_home["NIANGJIA_HOME"], "keys", "identity.jwk").read_text()
    started.end()
    begun = time.monotonic()

    start().until_ready()

    assert time.monotonic() - begun < 90
    assert Path(at_home["NIANGJIA_HOME"], "keys", "identity.jwk").read_text() == key


def test_run_twice_at_once_is_refused_in_one_sentence(started, start):
    second = start()

    assert second.process.wait(30) == 1
    assert "already running" in second.said()
    assert len(second.said().strip().splitlines()) == 1


def test_run_after_a_kill_starts_again(started, start):
    started.process.kill()
    started.process.wait()

    assert answers(f"{start().until_ready().url}/readyz")


def test_run_restarts_a_part_that_died(started):
    children = Path(f"/proc/{started.process.pid}/task/{started.process.pid}/children")
    os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
    time.sleep(1)

    end = time.monotonic() + STARTED_WITHIN
    while not answers(f"{started.url}/readyz") and time.monotonic() < end:
        time.sleep(0.2)

    assert answers(f"{started.url}/readyz")
    assert "starts again" in started.said()


def test_run_on_a_port_in_use_says_which(start, at_home):
    with socket.create_server(("127.0.0.1", int(at_home["PORT"]))):
        terminal = start()
        code = terminal.process.wait(30)

    assert code == 1
    assert at_home["PORT"] in terminal.said()
    assert len(terminal.said().strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("PORT", "many", "PORT=many"),
        ("HOST", "192.0.2.1", "192.0.2.1"),
        ("DATABASE_URL", "somewhere", "DATABASE_URL"),
        ("DATABASE_URL", "postgresql://nobody:wrong@127.0.0.1:1/postgres", "database"),
    ],
)
def test_run_with_a_wrong_setting_says_one_sentence(start, variable, value, told):
    terminal = start(**{variable: value})

    assert terminal.process.wait(30) == 1
    assert told in terminal.said()
    assert len(terminal.said().strip().splitlines()) == 1
    assert "wrong@" not in terminal.said()


@pytest.mark.prove
def test_run_makes_a_cluster_of_its_own_and_stops_it(start, at_home):
    own = start(DATABASE_URL="", SMALL="0").until_ready()
    pid_file = next(Path(at_home["NIANGJIA_HOME"]).rglob("postmaster.pid"), None)
    server = Path("/proc") / pid_file.read_text().splitlines()[0] if pid_file else None

    assert own.end() == 0
    assert server is None or not server.exists()
