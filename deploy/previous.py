"""The previous release's API tests, on the schema that this one makes: ``make prove`` runs it.

While a new release is rolled out, the old code works on the new schema (N/N-1).  The file
``deploy/previous-release`` names the old one; a release writes its own commit there.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from deploy import cluster
from deploy.addresses import ROLES, ROOT
from deploy.database import migrate, prepare
from deploy.voice import Trouble, complain, say

RELEASE = ROOT / "deploy" / "previous-release"
# The password that the previous release's tests give to every role.
PASSWORD = "only-for-tests"  # noqa: S105  a made-up one
SUITE = ("tests/service",)


@contextmanager
def previous_release() -> Iterator[Path]:
    """Its tree in a folder of its own, with the environment that is installed here."""
    commit = RELEASE.read_text().strip()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode != 0:
        raise Trouble(f"没有上一版 the previous release {commit} is not in this repository.")
    with tempfile.TemporaryDirectory(prefix="niangjia-previous-") as made:
        with tarfile.open(fileobj=BytesIO(packed.stdout)) as tree:
            tree.extractall(made, filter="data")
        yield Path(made)


def new_schema_for(old: Path, admin_url: str) -> None:
    """Made by this release's migrations, under the name that the old tests look for."""
    asked = "from tests import clusters; print(f'niangjia_template_{clusters._history()}')"
    name = subprocess.run(
        [sys.executable, "-c", asked], cwd=old, capture_output=True, text=True, check=True
    ).stdout.strip()
    migrate(prepare(admin_url, name, dict.fromkeys(ROLES, PASSWORD)))
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(SQL("alter database {} is_template true").format(Identifier(name)))


def run_tests(old: Path, admin_url: str, chosen: list[str]) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not prove", *(chosen or SUITE)],
        cwd=old,
        env={**os.environ, "NIANGJIA_TEST_CLUSTER_URL": admin_url, "PYTHONPATH": str(old)},
        check=False,
    ).returncode


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="niangjia-schema-") as folder:
        Path(folder).chmod(0o711)
        ours = cluster.open_cluster(Path(folder) / "postgres", durable=False)
        try:
            admin_url = cluster.start(ours, "previous")
            with previous_release() as old:
                new_schema_for(old, admin_url)
                say(f"上一版在新结构上 the previous release on the new schema: {old}")
                return run_tests(old, admin_url, sys.argv[1:])
        except Trouble as trouble:
            complain(str(trouble))
            return 1
        finally:
            cluster.stop(ours)


if __name__ == "__main__":
    sys.exit(main())
