"""The chassis's tables as every service's first migration creates them.

Constraint lists are written out here and never imported: a migration says what was true when it
was written. What changes later comes as ``create_v2`` or as steps of the services' own histories.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

TABLES = (
    "deliveries",
    "attachments",
    "audit",
    "audit_seals",
    "data_keys",
    "deadlines",
    "idempotency",
    "inbox",
    "jobs",
    "outbox",
)


def create_v1(schema: str) -> None:
    """Create the chassis's tables in ``schema``, and the guards that keep the audit append-only."""
    _create_attachments(schema)
    _create_audit(schema)
    _create_audit_seals(schema)
    _create_data_keys(schema)
    _create_deadlines(schema)
    _create_idempotency(schema)
    _create_inbox(schema)
    _create_jobs(schema)
    _create_outbox(schema)
    _create_deliveries(schema)
    for statement in _guards(schema):
        op.execute(statement)


def drop_v1(schema: str) -> None:
    """Take the chassis's tables away again."""
    for table in TABLES:
        op.drop_table(table, schema=schema)
    op.execute(f"drop function {schema}.refuse_to_rewrite_the_audit()")


def _guards(schema: str) -> tuple[str, ...]:
    function = f"{schema}.refuse_to_rewrite_the_audit()"
    return (
        f"create function {function} returns trigger language plpgsql as $$ begin "
        "raise exception 'the audit is only ever added to' using errcode = '42501'; end $$",
        *(
            f"create trigger {table}_is_only_added_to before update or delete or truncate "
            f"on {schema}.{table} for each statement execute function {function}"
            for table in ("audit", "audit_seals")
        ),
    )


def _create_attachments(schema: str) -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("original_name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        schema=schema,
    )
    op.create_index(
        op.f("ix_attachments_sha256"), "attachments", ["sha256"], unique=False, schema=schema
    )


def _create_audit(schema: str) -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default=sa.text("'done'"), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("actor_name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "actor_roles", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("union_id", sa.Uuid(), nullable=True),
        sa.Column(
            "union_path", sa.String(collation="C"), server_default=sa.text("''"), nullable=False
        ),
        sa.Column("before", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("after", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("request_id", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("client", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("auth", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.CheckConstraint("outcome in ('done', 'refused')", name=op.f("ck_audit_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        schema=schema,
    )
    op.create_index(
        op.f("ix_audit_actor_id_at"), "audit", ["actor_id", "at"], unique=False, schema=schema
    )
    op.create_index(op.f("ix_audit_at_id"), "audit", ["at", "id"], unique=False, schema=schema)
    op.create_index(
        op.f("ix_audit_subject_at"), "audit", ["subject", "at"], unique=False, schema=schema
    )
    op.create_index(op.f("ix_audit_xid_id"), "audit", ["xid", "id"], unique=False, schema=schema)


def _create_audit_seals(schema: str) -> None:
    op.create_table(
        "audit_seals",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_xid", sa.BigInteger(), nullable=False),
        sa.Column("last_xid", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_xid <= last_xid and rows > 0", name=op.f("ck_audit_seals_span")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("last_xid", name=op.f("uq_audit_seals_last_xid")),
        schema=schema,
    )


def _create_data_keys(schema: str) -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("kek_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("purpose in ('seal', 'blind')", name=op.f("ck_data_keys_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
        schema=schema,
    )
    op.create_index(
        "uq_data_keys_active",
        "data_keys",
        ["purpose"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("active"),
    )


def _create_deadlines(schema: str) -> None:
    op.create_table(
        "deadlines",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("subject", "kind", name=op.f("pk_deadlines")),
        schema=schema,
    )
    op.create_index(
        op.f("ix_deadlines_due_at"), "deadlines", ["due_at"], unique=False, schema=schema
    )


def _create_idempotency(schema: str) -> None:
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "route", "key", name=op.f("pk_idempotency")),
        schema=schema,
    )
    op.create_index(
        op.f("ix_idempotency_expires_at"),
        "idempotency",
        ["expires_at"],
        unique=False,
        schema=schema,
    )


def _create_inbox(schema: str) -> None:
    op.create_table(
        "inbox",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_inbox")),
        schema=schema,
    )


def _create_jobs(schema: str) -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column(
            "args",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("actor", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "union_path", sa.String(collation="C"), server_default=sa.text("''"), nullable=False
        ),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error_code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_jobs_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        schema=schema,
    )
    op.create_index(
        "ix_jobs_queued",
        "jobs",
        ["due_at"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_jobs_running",
        "jobs",
        ["leased_until"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        op.f("ix_jobs_subject_created_at"),
        "jobs",
        ["subject", "created_at"],
        unique=False,
        schema=schema,
    )


def _create_outbox(schema: str) -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("traceparent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
        schema=schema,
    )


def _create_deliveries(schema: str) -> None:
    op.create_table(
        "deliveries",
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("hearer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_seq"], [f"{schema}.outbox.seq"], name=op.f("fk_deliveries_event_seq")
        ),
        sa.PrimaryKeyConstraint("event_seq", "hearer", name=op.f("pk_deliveries")),
        schema=schema,
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["due_at"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("delivered_at is null"),
    )
    op.create_index(
        "ix_deliveries_order",
        "deliveries",
        ["subject", "hearer", "event_seq"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("delivered_at is null"),
    )
