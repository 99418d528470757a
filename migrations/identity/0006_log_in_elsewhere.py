"""Let staff log in through a government identity provider: links to accounts, and attempts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_log_in_elsewhere"
down_revision = "0005_rotate_data_keys"
branch_labels = None
depends_on = None

SCHEMA = "identity"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "provider_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_key", postgresql.BYTEA(), nullable=False),
        sa.Column("subject_sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "made_by in ('self', 'administrator')", name=op.f("ck_provider_links_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["identity.staff_accounts.id"],
            name=op.f("fk_provider_links_id_staff_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_links")),
        schema=SCHEMA,
    )
    op.create_table(
        "provider_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("state_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier_sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("linking_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("found_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_attempts")),
        schema=SCHEMA,
    )
    for name, table, column in (
        ("uq_provider_links_subject_key", "provider_links", "subject_key"),
        ("uq_provider_attempts_secret_hash", "provider_attempts", "secret_hash"),
    ):
        op.create_index(name, table, [column], unique=True, schema=SCHEMA)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("provider_attempts", schema=SCHEMA)
    op.drop_table("provider_links", schema=SCHEMA)
