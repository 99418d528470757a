"""What every test may ask for: a migrated database, keys, the whole platform, a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from xdist.scheduler import LoadScopeScheduling

from deploy.keys import make_keys
from services.chassis.edge.assertions import Trust, load_trust
from tests import clusters
from tests.clusters import TestDatabase
from tests.platform import Platform, already_started, the_platform

HOME = "NIANGJIA_TEST_HOME"
CLUSTER = "NIANGJIA_TEST_CLUSTER_URL"
# A browser, or a process just killed, may be late once on a busy machine; twice is a fault. The
# summary of a run counts what was run again.
TIMELY = ("tests/journeys/",)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--second-postgres",
        action="store_true",
        help="use the pip package's PostgreSQL instead of the machine's",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The workers of a parallel run inherit the folder, and with it the cluster in it."""
    # A log line of an app that was not started is plain: the default draws each traceback, which
    # takes half a second.
    structlog.configure(processors=[structlog.processors.KeyValueRenderer(sort_keys=True)])
    if config.getoption("--second-postgres"):
        os.environ["NIANGJIA_PG"] = "pip"
    if not hasattr(config, "workerinput"):
        os.environ[HOME] = str(clusters.make_home())


class JourneysInTurn(LoadScopeScheduling):
    """Journeys share one platform and may kill it, so one worker takes them all, in turn.

    Faults have another platform, which they do kill, and another worker.
    """

    def _split_scope(self, nodeid: str) -> str:
        _, folder, *_ = nodeid.split("/")
        return folder if folder in ("journeys", "faults") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> JourneysInTurn:
    return JourneysInTurn(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    home, shared = Path(os.environ[HOME]), os.environ.get(CLUSTER)
    started = already_started(home)
    clusters.clear(home)
    if shared and started:
        clusters.drop(shared, started.database)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(TIMELY):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if chromium() is not None:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [
        one for one in terminalreporter.stats.get("skipped", []) if "Chromium" in str(one.longrepr)
    ]
    if skipped:
        told = f"{len(skipped)} BROWSER TESTS DID NOT RUN: apt-get install chromium"
        terminalreporter.write_sep("!", told, red=True, bold=True)


def chromium() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def run_home() -> Path:
    """One folder for the whole run, shared by its workers."""
    return Path(os.environ[HOME])


@pytest.fixture(scope="session")
def cluster_url(run_home: Path) -> str:
    """The administrator's address of a throw-away cluster."""
    shared = os.environ.get(CLUSTER)
    return shared or clusters.cluster_address(run_home, os.environ.get("NIANGJIA_PG", "any"))


@pytest.fixture(scope="session")
def template_database(cluster_url: str) -> str:
    return clusters.template(cluster_url)


@pytest.fixture
def database(cluster_url: str, template_database: str) -> Iterator[TestDatabase]:
    """Every schema, migrated and empty, for one test alone."""
    with clusters.copy(cluster_url, template_database) as made:
        yield made


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys for every part, as a local run has them."""
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder)
    return folder


@pytest.fixture(scope="session")
def trust(keys_dir: Path) -> Trust:
    """Everybody's public keys, as a part reads them at its start."""
    return load_trust(keys_dir / "trust.jwks")


@pytest.fixture(scope="session")
def platform(run_home: Path, cluster_url: str) -> Platform:
    """The whole platform in one process, started once for all who ask; treat it as shared."""
    return the_platform(run_home, cluster_url)


@pytest.fixture(scope="session")
def browser_path() -> str:
    found = chromium()
    assert found is not None
    return found
