"""One platform for all tests here: it is killed, starved and restarted, and always comes back."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.cast import Cast, gather
from tests.faults.client import Person
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


@pytest.fixture(scope="session")
def http(cast: Cast) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cast.rig.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def clerk(cast: Cast, http: httpx.Client) -> Person:
    """Logged in once: a second factor counts once in half a minute."""
    person = cast.person(http, "poster")
    person.get("/identity/v1/me")
    return person
