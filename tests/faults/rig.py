"""The whole platform as an operator runs it, each part a process of its own, on a durable cluster.

Whatever part is killed, it is the run's own supervisor that brings it back; the rig only watches.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from deploy import parts
from deploy.account import reaches, unprivileged
from deploy.addresses import ROOT, Database
from deploy.parts import PARTS
from deploy.private import write_private
from deploy.site import Site
from tests.clusters import PASSWORD, PASSWORDS
from tests.platform import answers, free_port

POSTGRES = "postgres"
# Everything that can be killed; a new service is here as soon as it stands in deploy/parts.py.
VICTIMS = (*(part.name for part in PARTS), POSTGRES)
STARTED_WITHIN, RECOVERED_WITHIN = 180.0, 90.0
# What would only slow the tellers down; limits are not what is tried here.
GENEROUS = {
    "GATEWAY_LIMITS_FACTOR": "1000",
    "IDENTITY_CODES_PER_ADDRESS_AN_HOUR": "1000000",
}


@dataclass(slots=True)
class Rig:
    """One platform in one folder."""

    home: Path
    port: int = field(default_factory=lambda: free_port(8))
    told: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / "run.log"

    @property
    def site(self) -> Site:
        return Site(self.home, "127.0.0.1", self.port, False, "niangjia")

    @property
    def data(self) -> Path:
        return self.site.postgres / "data"

    @property
    def database_port(self) -> int:
        return int((self.site.postgres / "port").read_text())

    def address(self, part: str) -> str:
        step = next(one.step for one in PARTS if one.name == part)
        return f"http://127.0.0.1:{self.port + (step or 0)}"

    def start(self) -> "Rig":
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        assert reaches(unprivileged(), self.home), "PostgreSQL's account must reach the folder"
        known = json.dumps({**PASSWORDS, "niangjia": PASSWORD})
        write_private(self.home / "passwords.json", known)
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        where = {"NIANGJIA_HOME": str(self.home), "PORT": str(self.port), "NIANGJIA_DEMO": "0"}
        with self.log.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.run"],
                cwd=ROOT,
                env={**kept, **where, **GENEROUS, **self.told},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        (self.home / "platform.pid").write_text(str(self.process.pid))
        end = time.monotonic() + STARTED_WITHIN
        while "Ctrl-C" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < end, self.log.read_text()[-2000:]
            time.sleep(0.1)
        return self

    def stop(self) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(90)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """As the administrator, past every service."""
        with psycopg.connect(self.admin_url("niangjia"), autocommit=True) as connection:
            return connection.execute(statement.encode(), values or None).fetchall()

    def admin_url(self, database: str) -> str:
        return f"postgresql://niangjia:{PASSWORD}@127.0.0.1:{self.database_port}/{database}"

    def command(self, module: str, *words: str) -> str:
        """One of the services' own commands, with the settings of the run."""
        database = Database(self.admin_url("niangjia"), PASSWORDS)
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env=parts.everything(self.site, database),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pid(self, victim: str) -> int | None:
        """The one process of a part that is alive, or of PostgreSQL's head."""
        if victim == POSTGRES:
            return self._database_pid()
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        wanted = next(parts.command(part)[1:] for part in PARTS if part.name == victim)
        for child in children.split():
            with suppress(OSError):
                words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
                if words[1:-1] == wanted:
                    return int(child)
        return None

    def kill(self, victim: str) -> int:
        """SIGKILL, as the machine's last resort would; answers whom it hit."""
        pid = self.pid(victim)
        assert pid is not None, f"{victim} is not running"
        os.kill(pid, signal.SIGKILL)
        return pid

    def is_ready(self) -> bool:
        """Every part lives and says so itself; the gateway for everybody."""
        alive = all(self.pid(victim) is not None for victim in VICTIMS)
        asked = (part for part in PARTS if part.step is not None)
        return alive and all(answers(f"{self.address(part.name)}/readyz") for part in asked)

    def recovered(self, victim: str, killed: int) -> float:
        """Seconds until all are ready again, another process in the dead one's place."""
        began = time.monotonic()
        while time.monotonic() - began < RECOVERED_WITHIN:
            if self.pid(victim) not in (None, killed) and self.is_ready():
                return time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError(f"{victim} did not come back: {self.log.read_text()[-2000:]}")

    def _database_pid(self) -> int | None:
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if Path(f"/proc/{pid}/cwd").readlink() == self.data.resolve():
                return pid
        return None
