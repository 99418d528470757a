"""One database; for each service a schema, a role that owns it and a role that works in it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from deploy.addresses import ROLES, ROOT, SERVICES, Database, named
from deploy.voice import DISK_FULL, Trouble

OLDEST = 150000
# Several runs may prepare roles in one cluster at the same moment; any fixed number will do.
TURN = 7_310_126_351


def prepare(admin_url: str, name: str, passwords: Mapping[str, str]) -> Database:
    """Makes what is missing and mends passwords; what is there keeps its data."""
    with _plainly(), psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as connection:
        _look(connection)
        connection.execute("select pg_advisory_lock(%s)", [TURN])
        _roles(connection, passwords)
        _database(connection, name)
    with _plainly(), psycopg.connect(named(admin_url, name), autocommit=True) as connection:
        for service in SERVICES:
            _schema(connection, service)
    return Database(named(admin_url, name), passwords)


def migrate(database: Database) -> None:
    """Every schema to its newest revision; those that stand there already cost one query."""
    behind = [service for service in SERVICES if not is_current(database, service)]
    started = {service: _upgrade(service, _migration_url(database, service)) for service in behind}
    for service, process in started.items():
        _, said = process.communicate()
        if process.returncode != 0:
            last = (said.strip().splitlines() or ["no reason given"])[-1]
            raise Trouble(f"数据库升级失败 migrating {service} failed: {last}")


def is_current(database: Database, service: str) -> bool:
    """A migration's file name is its revision, so the newest name is the newest revision."""
    files = sorted((ROOT / "migrations" / service).glob("[0-9]*.py"))
    if not files:
        return True
    url = _migration_url(database, service).replace("+psycopg", "")
    table = SQL("select version_num from {}.alembic_version").format(Identifier(service))
    with _plainly(), psycopg.connect(url) as connection:
        try:
            found = connection.execute(table).fetchone()
            # A newer release may have been here; the release before it works on what that left.
            return found is not None and str(found[0]) >= files[-1].stem
        except psycopg.errors.UndefinedTable:
            return False


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise Trouble(DISK_FULL) from error
    except psycopg.Error as error:
        raise Trouble(f"数据库不能用 the database cannot be used: {error}") from error


def _migration_url(database: Database, service: str) -> str:
    return os.environ.get(f"{service.upper()}_MIGRATION_URL") or database.migration_url(service)


def _upgrade(service: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "alembic", "-n", service, "upgrade", "head"],
        cwd=ROOT,
        env={**os.environ, f"{service.upper()}_MIGRATION_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _look(connection: psycopg.Connection) -> None:
    version = connection.info.server_version
    if version < OLDEST:
        raise Trouble(f"PostgreSQL 版本太旧 is {version // 10000}, and 15 or newer is needed.")


def _roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    known = {row[0] for row in connection.execute("select rolname from pg_roles")}
    for role in ROLES:
        verb = SQL("alter" if role in known else "create")
        statement = SQL("{} role {} login password {}")
        connection.execute(statement.format(verb, Identifier(role), Literal(passwords[role])))
        if role.endswith("_owner"):  # an administrator who is no superuser needs to be a member
            connection.execute(SQL("grant {} to current_user").format(Identifier(role)))


def _database(connection: psycopg.Connection, name: str) -> None:
    known = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
    if known is None:
        how = "template template0 encoding 'UTF8' locale_provider libc lc_collate 'C' lc_ctype"
        statement = SQL("create database {} " + how + " 'C.UTF-8'")
        connection.execute(statement.format(Identifier(name)))


def _schema(connection: psycopg.Connection, service: str) -> None:
    names = {
        "schema": Identifier(service),
        "owner": Identifier(f"{service}_owner"),
        "app": Identifier(f"{service}_app"),
    }
    for statement in (
        "create schema if not exists {schema} authorization {owner}",
        "grant usage on schema {schema} to {app}",
    ):
        connection.execute(SQL(statement).format(**names))
