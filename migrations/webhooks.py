"""The chassis's tables of outgoing webhooks, as each service's history adds them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

TABLES = ("webhook_attempts", "webhook_deliveries", "webhooks")
INSTANT = sa.DateTime(timezone=True)
EMPTY = sa.text("''")


def create(schema: str) -> None:
    """Whom to tell, what is on its way, what was sent; and whose fact each outbox row is."""
    op.add_column("outbox", sa.Column("union_id", sa.Uuid(), nullable=True), schema=schema)
    link = sa.Column("link", sa.Text(), server_default=EMPTY, nullable=False)
    op.add_column("outbox", link, schema=schema)
    _create_webhooks(schema)
    _create_deliveries(schema)
    _create_attempts(schema)


def drop(schema: str) -> None:
    for table in TABLES:
        op.drop_table(table, schema=schema)
    op.drop_column("outbox", "link", schema=schema)
    op.drop_column("outbox", "union_id", schema=schema)


def _create_webhooks(schema: str) -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("client_name", sa.Text(), nullable=False),
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("union_path", sa.String(collation="C"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("filter_union", sa.Uuid(), nullable=True),
        sa.Column("filter_reach", sa.Text(), server_default=sa.text("'below'"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("disabled_reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("failing_since", INSTANT, nullable=True),
        sa.Column("warned_at", INSTANT, nullable=True),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.Column("resting_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state in ('active', 'paused', 'disabled')", name=op.f("ck_webhooks_state")
        ),
        sa.CheckConstraint(
            "filter_reach in ('below', 'only')", name=op.f("ck_webhooks_filter_reach")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        schema=schema,
    )
    for column in ("client", "union_path"):
        op.create_index(op.f(f"ix_webhooks_{column}"), "webhooks", [column], schema=schema)


def _create_deliveries(schema: str) -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hook", sa.Uuid(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default=EMPTY, nullable=False),
        sa.CheckConstraint(
            "state in ('waiting', 'delivered', 'dead', 'withheld')",
            name=op.f("ck_webhook_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["hook"],
            [f"{schema}.webhooks.id"],
            name=op.f("fk_webhook_deliveries_hook"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["event_seq"], [f"{schema}.outbox.seq"], name=op.f("fk_webhook_deliveries_event_seq")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        schema=schema,
    )
    for name, columns, options in (
        ("uq_webhook_deliveries_hook", ["hook", "event_seq"], {"unique": True}),
        ("ix_webhook_deliveries_event_seq", ["event_seq"], {}),
        ("ix_webhook_deliveries_log", ["hook", "created_at", "id"], {}),
        ("ix_webhook_deliveries_due", ["hook", "due_at"], WAITING),
        ("ix_webhook_deliveries_order", ["hook", "subject", "event_seq"], WAITING),
    ):
        op.create_index(name, "webhook_deliveries", columns, schema=schema, **options)


def _create_attempts(schema: str) -> None:
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("request_headers", postgresql.JSONB(), nullable=False),
        sa.Column("request_body", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("error", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery"],
            [f"{schema}.webhook_deliveries.id"],
            name=op.f("fk_webhook_attempts_delivery"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
        schema=schema,
    )
    op.create_index(op.f("ix_webhook_attempts_at"), "webhook_attempts", ["at"], schema=schema)
    op.create_index(
        "ix_webhook_attempts_delivery", "webhook_attempts", ["delivery", "at"], schema=schema
    )


WAITING = {"postgresql_where": sa.text("state = 'waiting'")}
