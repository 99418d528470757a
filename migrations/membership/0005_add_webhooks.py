"""Tell other systems: the hooks that clients manage, their deliveries and what was answered."""

from alembic import op

from migrations import webhooks

revision = "0005_add_webhooks"
down_revision = "0004_find_applications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    webhooks.create("membership")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    webhooks.drop("membership")
