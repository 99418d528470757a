"""Number each change of what other systems follow, so that a cursor misses nothing.

What stands here already counts as changed before everything: a reader that begins sees it first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_follow_changes"
down_revision = "0007_add_platform_items"
branch_labels = None
depends_on = None

SCHEMA = "membership"
TABLES = ("applications", "memberships", "unions")
NOW = "pg_current_xact_id()::text::bigint"
NUMBER = f"""
create function membership.number_change() returns trigger language plpgsql as $$ begin
    new.changed_xid := {NOW};
    return new;
end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute(NUMBER)
    for table in TABLES:
        # Two steps, because a default that differs from row to row would rewrite the table.
        column = sa.Column("changed_xid", sa.BigInteger(), server_default="0", nullable=False)
        op.add_column(table, column, schema=SCHEMA)
        op.alter_column(table, "changed_xid", server_default=sa.text(NOW), schema=SCHEMA)
        op.execute(
            f"create trigger {table}_number_their_changes before update on {SCHEMA}.{table} "
            "for each row execute function membership.number_change()"
        )
    # People go on working meanwhile; this waits for those who are in the middle.
    with op.get_context().autocommit_block():
        for table in TABLES:
            op.create_index(
                f"ix_{table}_changed",
                table,
                ["changed_xid", "id"],
                schema=SCHEMA,
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.execute(f"drop trigger {table}_number_their_changes on {SCHEMA}.{table}")
        op.drop_column(table, "changed_xid", schema=SCHEMA)
    op.execute("drop function membership.number_change()")
