"""Know workers again who come through the mini-program."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_know_mini_program_openers"
down_revision = "0006_log_in_elsewhere"
branch_labels = None
depends_on = None

TABLE, SCHEMA = "mini_program_links", "identity"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("openid_key", postgresql.BYTEA(), nullable=False),
        sa.Column("openid_sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("unionid_key", postgresql.BYTEA(), nullable=True),
        sa.Column("unionid_sealed", postgresql.BYTEA(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"],
            ["identity.workers.id"],
            name=op.f("fk_mini_program_links_worker_id_workers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mini_program_links")),
        schema=SCHEMA,
    )
    for column in ("unionid_key", "worker_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column], schema=SCHEMA)
    op.create_index(f"uq_{TABLE}_openid_key", TABLE, ["openid_key"], unique=True, schema=SCHEMA)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table(TABLE, schema=SCHEMA)
