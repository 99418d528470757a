"""Migrations are numbered, reversible, careful with locks, and lead to what the models say."""

import ast
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from deploy import check_migrations
from tests.clusters import TestDatabase

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("identity", "membership")


def history(service: str) -> list[Path]:
    return sorted((ROOT / "migrations" / service).glob("[0-9]*.py"))


def constants(path: Path) -> dict[str, object]:
    return {
        target.id: ast.literal_eval(node.value)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def config(service: str) -> Config:
    return Config(ROOT / "alembic.ini", ini_section=service)


@pytest.mark.parametrize("service", SERVICES)
def test_a_history_is_a_straight_numbered_line(service):
    files = history(service)
    revisions = [constants(path) for path in files]

    assert [path.name[:4] for path in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    assert [r["revision"] for r in revisions] == [path.stem for path in files]
    assert [r["down_revision"] for r in revisions] == [None, *(p.stem for p in files[:-1])]
    for path in files:
        text = path.read_text()
        assert ast.get_docstring(ast.parse(text)), "a migration says why"
        assert text.count("set local lock_timeout") == 2, path.name


@pytest.mark.parametrize("service", SERVICES)
def test_up_down_up_leads_back_to_the_same_tables(service, database: TestDatabase, monkeypatch):
    monkeypatch.setenv(f"{service.upper()}_MIGRATION_URL", database.migration_url(service))
    before = shape(database, service)

    command.downgrade(config(service), "base")
    gone = shape(database, service)
    command.upgrade(config(service), "head")

    assert before
    assert {row[0] for row in gone} <= {"alembic_version"}
    assert shape(database, service) == before


@pytest.mark.parametrize("service", SERVICES)
def test_the_head_is_what_the_models_say(service, database: TestDatabase):
    tables = __import__(f"services.{service}.store.tables", fromlist=["Base"])
    url = database.migration_url(service).replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    options = {
        "version_table_schema": service,
        "include_schemas": True,
        "include_name": lambda n, kind, _: kind != "schema" or n == service,
    }

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        difference = compare_metadata(context, tables.Base.metadata)
    engine.dispose()

    assert difference == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_running_role_may_not_change_what_was_audited_nor_the_schema(service, database):
    url = database.url(service).replace("postgresql+asyncpg", "postgresql")
    forbidden = (
        f"delete from {service}.audit",
        f"update {service}.audit set reason = 'x'",
        f"truncate {service}.audit_seals",
        f"drop table {service}.audit",
        f"delete from {service}.data_keys",
        f"create table {service}.mine (id int)",
        "create table public.mine (id int)",
    )
    other = next(s for s in SERVICES if s != service)

    for statement in (*forbidden, f"select * from {other}.audit"):
        with (
            psycopg.connect(url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def shape(database: TestDatabase, schema: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.admin_url) as connection:
        columns = connection.execute(
            "select table_name, column_name, data_type, is_nullable, column_default"
            " from information_schema.columns where table_schema = %s order by 1, 2",
            [schema],
        ).fetchall()
        indexes = connection.execute(
            "select tablename, indexname, indexdef from pg_indexes where schemaname = %s"
            " order by 1, 2",
            [schema],
        ).fetchall()
    return columns + indexes


def test_the_linter_refuses_what_would_lock_a_table_for_long(tmp_path: Path, capsys):
    bad = "set lock_timeout = '5s';\nset statement_timeout = '15min';\nbegin;\n"
    bad += "create index on membership.people (name);\ncommit;\n"
    (tmp_path / "membership-0099_slow.sql").write_text(bad)

    found = check_migrations.lint(tmp_path)

    assert found == 1
    assert "require-concurrent-index-creation" in capsys.readouterr().err


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_never_waits_for_a_lock_or_works_for_hours(
    service, database: TestDatabase, monkeypatch, tmp_path
):
    monkeypatch.setenv(f"{service.upper()}_MIGRATION_URL", database.migration_url(service))
    monkeypatch.setenv("NIANGJIA_MIGRATIONS_TOLD", str(tmp_path))

    command.downgrade(config(service), "-1")
    command.upgrade(config(service), "head")
    told = "".join(path.read_text() for path in tmp_path.glob(f"{service}-*.sql"))

    assert "set lock_timeout = '5s';" in told
    assert "set statement_timeout = '15min';" in told
