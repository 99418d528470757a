"""One Alembic environment, one history per service: ``alembic -n membership upgrade head``.

Runs as the schema's owner (``MEMBERSHIP_MIGRATION_URL``); afterwards the application's role is
given what it needs and nothing more: no DDL, and the audit can only be read and added to.
"""

import os
from importlib import import_module

from alembic import context
from sqlalchemy import Connection, create_engine, text

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


def configure(connection: Connection | None = None) -> None:
    context.configure(
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


if context.is_offline_mode():
    configure()
    with context.begin_transaction():
        context.run_migrations()
else:
    url = os.environ[f"{service.upper()}_MIGRATION_URL"]
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        # An owner that may not create schemas finds its own already there.
        present = "select 1 from information_schema.schemata where schema_name = :schema"
        if connection.scalar(text(present), {"schema": service}) is None:
            connection.execute(text(f"create schema {service}"))
    with engine.connect() as connection:
        configure(connection)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    with engine.begin() as connection:
        grant(connection)
    engine.dispose()
