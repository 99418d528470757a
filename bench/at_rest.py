"""P15: how much memory the platform holds at rest, and how long its second start takes.

Counted: the run itself and every part, as the kernel's resident sets (what processes share is
counted in each, so the sum is what a pessimist would say). Left out: PostgreSQL, the first start,
demonstration data. The start is measured from the command to the moment all parts are ready.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.addresses import ROOT

MB = 1_000_000
SETTLE = 5.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of running, as the second start found it."""

    seconds: float
    run: int
    parts: dict[str, int]

    @property
    def total(self) -> int:
        return self.run + sum(self.parts.values())

    @property
    def largest(self) -> int:
        return max(self.parts.values())


def main() -> int:
    many, small = measure(small=False), measure(small=True)
    for name, size in many.parts.items():
        print(f"    {name:<20}{size / MB:7.0f} MB")
    good = [
        report("second start", many.seconds, 8, "s"),
        report("largest process", many.largest / MB, 70, "MB"),
        report("whole platform", many.total / MB, 620, "MB"),
        report("SMALL=1 second start", small.seconds, 4, "s"),
        report("SMALL=1 whole platform", small.total / MB, 160, "MB"),
    ]
    return 0 if all(good) else 1


def report(what: str, found: float, goal: float, unit: str) -> bool:
    verdict = "met" if found <= goal else "MISSED"
    print(f"P15 {what:<24}{found:7.1f} {unit:<3} goal <= {goal} {unit}: {verdict}")
    return found <= goal


def measure(*, small: bool) -> Measured:
    with tempfile.TemporaryDirectory(prefix="niangjia-bench-") as home:
        Path(home).chmod(0o711)
        with running(home, small=small):
            pass
        begun = time.monotonic()
        with running(home, small=small) as run:
            seconds = time.monotonic() - begun
            time.sleep(SETTLE)
            return Measured(seconds, run.memory_info().rss, parts_of(run))


def parts_of(run: psutil.Process) -> dict[str, int]:
    return {
        " ".join(child.cmdline()[3:]) or child.cmdline()[2].split(".")[-1]: child.memory_info().rss
        for child in run.children()
    }


@contextmanager
def running(home: str, *, small: bool) -> Iterator[psutil.Process]:
    """On a port of its own and without demonstration data; ended when the block is left."""
    told = {"NIANGJIA_HOME": home, "NIANGJIA_DEMO": "0", "PORT": "18900", "DATABASE_URL": ""}
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.run"],
        cwd=ROOT,
        env={**os.environ, **told, "SMALL": "1" if small else "0"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        if not any("Ctrl-C" in line for line in process.stdout):
            raise SystemExit("the platform did not start")
        try:
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
