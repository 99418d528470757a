"""The databases of the tests: one throw-away cluster a run, one template, one copy a test."""

import fcntl
import hashlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from deploy import cluster, database
from deploy.addresses import ROLES, ROOT, Database, named

PASSWORD = "only-for-tests"
PASSWORDS = dict.fromkeys(ROLES, PASSWORD)
PREFIX = "niangjia-test-"


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """A copy of the migrated template, and the log-ins into it."""

    __test__ = False

    name: str
    admin_url: str
    roles: Database

    def url(self, service: str) -> str:
        """What the running service uses."""
        return self.roles.url(service)

    def migration_url(self, service: str) -> str:
        return self.roles.migration_url(service)


def make_home() -> Path:
    """A folder for this run; what killed runs have left behind is stopped and removed first."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not Path(f"/proc/{old.name.removeprefix(PREFIX)}").exists():
            clear(old)
    home = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}"
    home.mkdir(mode=0o711)
    return home


def clear(home: Path) -> None:
    with suppress(PermissionError):  # somebody else's; they clear it themselves
        _end_platform(home)
        if (home / "postgres" / "data").is_dir():
            cluster.stop(cluster.open_cluster(home / "postgres", durable=False))
        shutil.rmtree(home, ignore_errors=True)


def _end_platform(home: Path) -> None:
    """It stops its parts in order, which takes a moment."""
    with suppress(FileNotFoundError, ProcessLookupError):
        pid = int((home / "platform.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 40
        while time.monotonic() < end and b"deploy.run" in Path(f"/proc/{pid}/cmdline").read_bytes():
            time.sleep(0.05)


def cluster_address(home: Path, source: str) -> str:
    with one_at_a_time(home / "cluster.lock"):
        made = cluster.open_cluster(home / "postgres", durable=False, source=source)
        return cluster.start(made, PASSWORD)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def template(cluster_url: str) -> str:
    """A database with every migration applied; made by whoever needs it first."""
    name = f"niangjia_template_{_history()}"
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext(%s))", [name])
        query = "select datistemplate from pg_database where datname = %s"
        found = connection.execute(query, [name]).fetchone()
        if found != (True,):
            connection.execute(SQL("drop database if exists {}").format(Identifier(name)))
            database.migrate(database.prepare(cluster_url, name, PASSWORDS))
            connection.execute(SQL("alter database {} is_template true").format(Identifier(name)))
    return name


@contextmanager
def copy(cluster_url: str, source: str) -> Iterator[TestDatabase]:
    name = f"test_{uuid4().hex[:16]}"
    admin_url = named(cluster_url, name)
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        clone = SQL("create database {} template {} strategy file_copy")
        connection.execute(clone.format(Identifier(name), Identifier(source)))
    try:
        yield TestDatabase(name, admin_url, Database(admin_url, PASSWORDS))
    finally:
        drop(cluster_url, name)


def drop(cluster_url: str, name: str) -> None:
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        statement = SQL("drop database if exists {} with (force)")
        connection.execute(statement.format(Identifier(name)))


def _history() -> str:
    digest = hashlib.sha256((ROOT / "deploy" / "database.py").read_bytes())
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
