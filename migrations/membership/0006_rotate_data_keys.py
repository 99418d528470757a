"""Keep when a data key came into use, went out of use and was destroyed, so keys can rotate."""

from alembic import op

from migrations.data_keys import add_steps, drop_steps

revision = "0006_rotate_data_keys"
down_revision = "0005_add_webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    add_steps("membership")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    drop_steps("membership")
