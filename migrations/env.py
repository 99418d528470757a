"""One Alembic environment, one history per service: ``alembic -n membership upgrade head``.

Runs as the schema's owner (``MEMBERSHIP_MIGRATION_URL``); afterwards the application's role is
given what it needs and nothing more: no DDL, and the audit can only be read and added to.
"""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationInfo
from sqlalchemy import Connection, create_engine, event, text

service = context.config.config_ini_section
tables = import_module(f"services.{service}.store.tables")
ALL = "select, insert, update, delete"
# The audit is only added to; losing a key loses what it sealed.
RIGHTS = {
    "alembic_version": "select",
    "audit": "select, insert",
    "audit_seals": "select, insert",
    "data_keys": "select, insert, update",
}

# A migration waits for no lock long enough to make everybody behind it wait, and ends some day.
WAITS = {"lock_timeout": "5s", "statement_timeout": "15min", "timezone": "UTC"}


def configure(
    connection: Connection | None = None, finished: Callable[..., None] | None = None
) -> None:
    context.configure(
        on_version_apply=finished,
        connection=connection,
        dialect_name="postgresql",
        target_metadata=tables.Base.metadata,
        version_table_schema=service,
        include_schemas=True,
        include_name=lambda name, kind, _: kind != "schema" or name == service,
        transaction_per_migration=True,
    )


def grant(connection: Connection) -> None:
    role = f"{service}_app"
    known = "select 1 from pg_roles where rolname = :role"
    if connection.scalar(text(known), {"role": role}) is None:
        return
    names = connection.scalars(
        text("select tablename from pg_tables where schemaname = :schema"), {"schema": service}
    )
    connection.execute(text(f"grant usage on schema {service} to {role}"))
    connection.execute(text(f"grant usage on all sequences in schema {service} to {role}"))
    for name in names.all():
        rights = RIGHTS.get(name, ALL)
        connection.execute(text(f'revoke all on {service}."{name}" from {role}'))
        connection.execute(text(f'grant {rights} on {service}."{name}" to {role}'))


def told(connection: Connection, folder: Path) -> Callable[..., None]:
    """Write what each migration does to the schema as SQL, one file each, for a linter to read."""
    said: list[str] = []

    @event.listens_for(connection, "before_cursor_execute")
    def note(_: object, cursor: Any, statement: str, parameters: object, *___: object) -> None:
        # A statement with values moves data; what locks tables has none.
        if not parameters:
            alone = cursor.connection.autocommit  # as an index made concurrently must be
            line = f"{statement.strip()};\n"
            said.append(f"commit;\n{line}begin;\n" if alone else line)

    def finished(*, step: MigrationInfo, **_: object) -> None:
        begun = [f"set {name} = '{value}';\n" for name, value in WAITS.items()]
        text = "\n".join([*begun, "begin;\n", *said, "commit;\n"]).replace("%%", "%")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{service}-{step.up_revision_id}.sql").write_text(text)
        said.clear()

    said.clear()
    return finished


if context.is_offline_mode():
    configure()
    with context.begin_transaction():
        context.run_migrations()
else:
    url = os.environ[f"{service.upper()}_MIGRATION_URL"]
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"),
        connect_args={"options": " ".join(f"-c {name}={value}" for name, value in WAITS.items())},
    )
    with engine.begin() as connection:
        # An owner that may not create schemas finds its own already there.
        present = "select 1 from information_schema.schemata where schema_name = :schema"
        if connection.scalar(text(present), {"schema": service}) is None:
            connection.execute(text(f"create schema {service}"))
    with engine.connect() as connection:
        folder = os.environ.get("NIANGJIA_MIGRATIONS_TOLD")
        configure(connection, told(connection, Path(folder)) if folder else None)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    with engine.begin() as connection:
        grant(connection)
    engine.dispose()
