"""When a data key came into use, went out of use and was destroyed; shared by all services."""

import sqlalchemy as sa
from alembic import op

STEPS = ("activated_at", "retired_at", "destroyed_at")


def add_steps(schema: str) -> None:
    """Keys that are in use already have been so since they were made."""
    for name in STEPS:
        op.add_column("data_keys", sa.Column(name, sa.DateTime(timezone=True)), schema=schema)
    op.execute(f"update {schema}.data_keys set activated_at = created_at where active")  # noqa: S608  # our own name


def drop_steps(schema: str) -> None:
    for name in reversed(STEPS):
        op.drop_column("data_keys", name, schema=schema)
