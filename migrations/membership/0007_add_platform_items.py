"""Remember what other systems sent by their own references, so that nothing is entered twice."""

import sqlalchemy as sa
from alembic import op

revision = "0007_add_platform_items"
down_revision = "0006_rotate_data_keys"
branch_labels = None
depends_on = None

SCHEMA = "membership"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "platform_items",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(collation="C"), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "reference", name=op.f("pk_platform_items")),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_platform_items_received_at",
        "platform_items",
        ["client_id", "received_at", "reference"],
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("platform_items", schema=SCHEMA)
