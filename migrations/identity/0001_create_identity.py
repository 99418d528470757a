"""Create what identity keeps: unions, accounts, grants, workers, phone codes and sessions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import chassis

revision = "0001_create_identity"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "revocations",
    "refresh_tokens",
    "sessions",
    "phone_codes",
    "workers",
    "grants",
    "attempts",
    "staff_accounts",
    "unions",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    chassis.create_v1("identity")
    _create_unions()
    _create_staff_accounts()
    _create_attempts()
    _create_grants()
    _create_workers()
    _create_phone_codes()
    _create_sessions()
    _create_refresh_tokens()
    _create_revocations()


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.drop_table(table, schema="identity")
    chassis.drop_v1("identity")


def _index(
    name: str, table: str, *columns: str, unique: bool = False, where: str | None = None
) -> None:
    only = sa.text(where) if where else None
    op.create_index(
        name, table, list(columns), unique=unique, schema="identity", postgresql_where=only
    )


def _create_unions() -> None:
    op.create_table(
        "unions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unions")),
        schema="identity",
    )
    _index("ix_unions_path", "unions", "path")


def _create_staff_accounts() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone_sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("activation_hash", postgresql.BYTEA(), nullable=True),
        sa.Column("activation_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_sealed", postgresql.BYTEA(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("last_union_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('invited', 'active', 'suspended', 'closed')",
            name=op.f("ck_staff_accounts_state"),
        ),
        sa.ForeignKeyConstraint(
            ["union_id"], ["identity.unions.id"], name=op.f("fk_staff_accounts_union_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        schema="identity",
    )
    _index("ix_staff_accounts_union_id", "staff_accounts", "union_id", "created_at", "id")
    _index("uq_staff_accounts_account", "staff_accounts", "account", unique=True)


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("name_key", postgresql.BYTEA(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locks", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name_key", name=op.f("pk_attempts")),
        schema="identity",
    )
    _index("ix_attempts_last_at", "attempts", "last_at")


def _create_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "role in ('administrator', 'approver', 'auditor', 'clerk', 'finance', 'judge', "
            "'mediator', 'operator', 'organiser', 'reviewer', 'security_officer')",
            name=op.f("ck_grants_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["identity.staff_accounts.id"], name=op.f("fk_grants_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["union_id"], ["identity.unions.id"], name=op.f("fk_grants_union_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        schema="identity",
    )
    _index("ix_grants_union_id", "grants", "union_id")
    _index(
        "uq_grants_current",
        "grants",
        "account_id",
        "union_id",
        "role",
        unique=True,
        where="revoked_at is null",
    )


def _create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_key", postgresql.BYTEA(), nullable=False),
        sa.Column("phone_sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        schema="identity",
    )
    _index("uq_workers_phone_key", "workers", "phone_key", unique=True)


def _create_phone_codes() -> None:
    op.create_table(
        "phone_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_key", postgresql.BYTEA(), nullable=False),
        sa.Column("address_key", postgresql.BYTEA(), nullable=False),
        sa.Column("code_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_codes")),
        schema="identity",
    )
    _index("ix_phone_codes_address_key", "phone_codes", "address_key", "sent_at")
    _index("ix_phone_codes_phone_key", "phone_codes", "phone_key", "sent_at")


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("acting_union_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('worker', 'staff')", name=op.f("ck_sessions_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        schema="identity",
    )
    _index("ix_sessions_person_id", "sessions", "person_id", where="ended_at is null")
    _index("uq_sessions_secret_hash", "sessions", "secret_hash", unique=True)


def _create_refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["identity.sessions.id"],
            name=op.f("fk_refresh_tokens_session_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
        schema="identity",
    )
    _index("ix_refresh_tokens_session_id", "refresh_tokens", "session_id")


def _create_revocations() -> None:
    op.create_table(
        "revocations",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_revocations")),
        schema="identity",
    )
    _index("ix_revocations_at", "revocations", "at")
    _index("ix_revocations_session_id", "revocations", "session_id")
