"""The whole platform, started for the tests that need all of it."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from deploy.addresses import ROOT
from deploy.private import write_private
from tests.clusters import PASSWORDS, one_at_a_time

READY_WITHIN = 180
# It outlives the worker that started it, and the end of the whole run ends it.
STARTED: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a started platform answers."""

    gateway: str
    frontend: str
    identity: str
    membership: str
    home: str
    database: str

    @property
    def url(self) -> str:
        """The one public address."""
        return self.gateway


def the_platform(run_home: Path, cluster_url: str) -> Platform:
    kept = run_home / "platform.json"
    with one_at_a_time(run_home / "platform.lock"):
        if not kept.exists():
            started = _start(run_home, cluster_url)
            kept.write_text(json.dumps(asdict(started)))
    return Platform(**json.loads(kept.read_text()))


def already_started(run_home: Path) -> Platform | None:
    kept = run_home / "platform.json"
    return Platform(**json.loads(kept.read_text())) if kept.exists() else None


def free_port(count: int = 4) -> int:
    """The first of several free neighbours; below the range from which the system hands out."""
    for first in range(18000 + os.getpid() % 997 * 8, 32000, 8):
        if all(_is_free(first + step) for step in range(count)):
            return first
    message = "no free ports"
    raise RuntimeError(message)


def run_environment(home: Path, cluster_url: str, database: str, port: int) -> dict[str, str]:
    """Roles belong to the cluster, so the run gets the passwords that the tests use."""
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    write_private(home / "passwords.json", json.dumps({**PASSWORDS, "niangjia": "unused"}))
    return {
        **os.environ,
        "NIANGJIA_HOME": str(home),
        "NIANGJIA_DATABASE": database,
        "DATABASE_URL": cluster_url,
        "PORT": str(port),
        "SMALL": "1",
    }


def _start(run_home: Path, cluster_url: str) -> Platform:
    home, name, port = run_home / "platform", f"platform_{os.getpid()}", free_port()
    log = run_home / "platform.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.run"],
            cwd=ROOT,
            env=run_environment(home, cluster_url, name, port),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    STARTED.append(process)
    (run_home / "platform.pid").write_text(str(process.pid))
    url = f"http://127.0.0.1:{port}"
    _wait_until_ready(url, process, log)
    others = [f"http://127.0.0.1:{port + step}" for step in (1, 2, 3)]
    return Platform(url, *others, str(home), name)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end and process.poll() is None:
        if "running" in log.read_text() and answers(f"{url}/readyz"):
            return
        time.sleep(0.2)
    message = f"the platform did not start:\n{log.read_text()[-2000:]}"
    raise RuntimeError(message)


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310  a loopback address made here
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
