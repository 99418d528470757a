"""A platform of its own for one benchmark: empty, many processes, gone afterwards."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.addresses import ROOT, Database
from deploy.private import make_passwords
from deploy.site import Site
from services.chassis.edge.assertions import SigningKey, load_key
from services.membership.settings import Settings

PORT = 18910


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a started platform answers, and what its processes have used."""

    home: Path
    run: psutil.Process

    @property
    def gateway(self) -> int:
        return PORT

    @property
    def frontend(self) -> int:
        return PORT + 1

    @property
    def membership(self) -> int:
        return PORT + 3

    def key(self, part: str) -> SigningKey:
        return load_key(self.home / "keys" / f"{part}.jwk")

    def process(self, part: str) -> psutil.Process:
        return next(child for child in self.run.children() if child.cmdline()[-1] == part)

    def backends(self) -> list[psutil.Process]:
        """The processes of our own database; each lives in the data folder."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.cwd() == str(self.data) and process.pid != self.run.pid:
                    found.append(process)
        return found

    @property
    def data(self) -> Path:
        site = Site(self.home, "127.0.0.1", PORT, small=False, database="niangjia")
        return (site.postgres / "data").resolve()

    def environment(self, part: str) -> dict[str, str]:
        return self.process(part).environ()

    def settings(self) -> Settings:
        """Membership's own, as its process was told them."""
        told = self.environment("membership")
        os.environ.update({n: v for n, v in told.items() if n.startswith("MEMBERSHIP_")})
        return Settings()

    def owner_url(self) -> str:
        """For what the working role may not do: statistics of a table just filled."""
        url = self.settings().database_url.replace("+asyncpg", "")
        database = Database(url, make_passwords(self.home / "passwords.json", ()))
        return database.migration_url("membership").replace("+psycopg", "")


@contextmanager
def platform(**told: str) -> Iterator[Platform]:
    """Limits are checked and never reached; ``told`` are further settings of the parts."""
    with tempfile.TemporaryDirectory(prefix="niangjia-bench-") as home:
        Path(home).chmod(0o711)
        named = {
            "NIANGJIA_HOME": home,
            "NIANGJIA_DEMO": "0",
            "PORT": str(PORT),
            "SMALL": "0",
            "DATABASE_URL": "",
            "GATEWAY_LIMITS_FACTOR": "100000",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "deploy.run"],
            cwd=ROOT,
            env={**os.environ, **named, **told},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            if not any("Ctrl-C" in line for line in process.stdout):
                raise SystemExit("the platform did not start")
            try:
                yield Platform(Path(home), psutil.Process(process.pid))
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait()
