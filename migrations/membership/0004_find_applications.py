"""Find applications by pinyin initials and by the last four digits of a phone, through indexes."""

from alembic import op

revision = "0004_find_applications"
down_revision = "0003_count_members"
branch_labels = None
depends_on = None

SCHEMA = "membership"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.create_index(
        "ix_applications_initials",
        "applications",
        ["initials"],
        schema=SCHEMA,
        postgresql_ops={"initials": "text_pattern_ops"},
    )
    op.create_index("ix_applications_phone_tail", "applications", ["phone_tail"], schema=SCHEMA)


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_index("ix_applications_phone_tail", "applications", schema=SCHEMA)
    op.drop_index("ix_applications_initials", "applications", schema=SCHEMA)
