"""Every migration goes back and forth on a town's data, and what survives it stays as it is."""

import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.sql import SQL, Identifier

from deploy.addresses import ROOT, Database, named
from deploy.binaries import choose
from tests import clusters
from tests.clusters import PASSWORDS
from tests.platform import Platform

COPY = "migrated_copy"
SUM = SQL("coalesce(sum(hashtextextended(coalesce({}::text, ''), 0)), 0)")
Sums = dict[tuple[str, str], tuple[object, ...]]


@pytest.fixture(scope="module")
def demonstration(platform: Platform, cluster_url: str) -> Iterator[Database]:
    """The platform's data, copied while it runs."""
    name = f"{COPY}_{platform.database}"
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        folder = choose(connection.info.server_version // 10000).folder
        connection.execute(SQL("create database {} template template0").format(Identifier(name)))
    dump = [str(folder / "pg_dump"), "--format=custom", named(cluster_url, platform.database)]
    restore = [str(folder / "pg_restore"), "--dbname", named(cluster_url, name)]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        subprocess.run(restore, stdin=dumping.stdout, check=True)
    try:
        yield Database(named(cluster_url, name), PASSWORDS)
    finally:
        clusters.drop(cluster_url, name)


@pytest.mark.parametrize("service", ["identity", "membership"])
def test_every_migration_down_and_up_again_keeps_what_survives_it(
    service: str, demonstration: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(f"{service.upper()}_MIGRATION_URL", demonstration.migration_url(service))
    config = Config(ROOT / "alembic.ini", ini_section=service)
    config.set_main_option("script_location", str(ROOT / "migrations"))
    revisions = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    changed = {}

    for revision in revisions[:-1]:  # the first one's way back leaves nothing to compare
        before = sums(demonstration, service)
        command.downgrade(config, "-1")
        below = sums(demonstration, service)
        command.upgrade(config, "+1")
        after = sums(demonstration, service)
        command.downgrade(config, "-1")
        changed[revision] = [
            column for column in below if not before[column] == below[column] == after[column]
        ]
    rows = sum(int(str(found[0])) for found in sums(demonstration, service).values())

    assert len(revisions) > 1
    assert changed == {revision: [] for revision in revisions[:-1]}
    assert rows > 100


def sums(database: Database, service: str) -> Sums:
    """Of every column: how many rows, and the sum of what they hold, each table read once."""
    found: Sums = {}
    with psycopg.connect(database.admin_url) as connection:
        columns = connection.execute(
            "select table_name, array_agg(column_name::text) from information_schema.columns"
            " join information_schema.tables using (table_schema, table_name)"
            " where table_schema = %s and table_type = 'BASE TABLE'"
            " and table_name <> 'alembic_version' group by 1",
            [service],
        ).fetchall()
        for table, names in columns:
            each = SQL(", ").join(SUM.format(Identifier(name)) for name in names)
            query = SQL("select count(*), {} from {}.{}")
            read = query.format(each, Identifier(service), Identifier(table))
            rows, *totals = connection.execute(read).fetchone() or (0,)
            found |= {(table, n): (rows, t) for n, t in zip(names, totals, strict=True)}
    return found
