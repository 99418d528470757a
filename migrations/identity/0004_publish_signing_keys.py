"""Keep the keys that sign user tokens, so that they can be changed without a failed request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_publish_signing_keys"
down_revision = "0003_add_webhooks"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "user_token_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public", postgresql.JSONB(), nullable=False),
        sa.Column("private_sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("signs_from", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_token_keys")),
        schema="identity",
    )
    op.create_index(
        "ix_user_token_keys_signs_from", "user_token_keys", ["signs_from"], schema="identity"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("user_token_keys", schema="identity")
