"""One platform for all tests here: it is killed, starved and restarted, and always comes back."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cast import Cast, gather
from tests.faults.rig import Rig

TELLERS = 3


@pytest.fixture(scope="session")
def rig(run_home: Path) -> Iterator[Rig]:
    made = Rig(run_home / f"faults-{os.getpid()}")
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="session")
def cast(rig: Rig) -> Cast:
    return gather(rig, TELLERS)
