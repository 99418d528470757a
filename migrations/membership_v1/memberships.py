"""Memberships, their changes and cards as first created."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

SCHEMA = "membership"


def create() -> None:
    _create_memberships()
    _create_membership_changes()
    _create_cards()


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("union_path", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("group_code", sa.Text(), nullable=True),
        sa.Column("join_path", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("platforms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('active', 'retained', 'transferring', 'withdrawn', 'expelled', 'deceased')",
            name=op.f("ck_memberships_state"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["membership.people.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["union_id"], ["membership.unions.id"], name=op.f("fk_memberships_union_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        schema=SCHEMA,
    )
    _index_memberships()


def _index_memberships() -> None:
    op.create_index(
        "ix_memberships_batch_id",
        "memberships",
        ["batch_id"],
        unique=False,
        schema=SCHEMA,
        postgresql_where=sa.text("batch_id is not null"),
    )
    op.create_index(
        "ix_memberships_person_id", "memberships", ["person_id"], unique=False, schema=SCHEMA
    )
    op.create_index(
        op.f("ix_memberships_union_id"), "memberships", ["union_id"], unique=False, schema=SCHEMA
    )
    op.create_index(
        "ix_memberships_union_path",
        "memberships",
        ["union_path", "id"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "uq_memberships_open",
        "memberships",
        ["person_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("state in ('active', 'retained', 'transferring')"),
    )


def _create_membership_changes() -> None:
    op.create_table(
        "membership_changes",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("union_path", sa.Text(collation="C"), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "cause is null or cause in ('1','2','3','4','5','6')",
            name=op.f("ck_membership_changes_cause"),
        ),
        sa.CheckConstraint(
            "change in ('1', '2', '3', '4', '5', '6')", name=op.f("ck_membership_changes_change")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.memberships.id"],
            name=op.f("fk_membership_changes_membership_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_changes")),
        schema=SCHEMA,
    )
    _index_membership_changes()


def _index_membership_changes() -> None:
    op.create_index(
        op.f("ix_membership_changes_membership_id"),
        "membership_changes",
        ["membership_id"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_membership_changes_person_id",
        "membership_changes",
        ["person_id", "recorded_at"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_membership_changes_union_path",
        "membership_changes",
        ["union_path", "recorded_at"],
        unique=False,
        schema=SCHEMA,
    )


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.memberships.id"],
            name=op.f("fk_cards_membership_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        schema=SCHEMA,
    )
    _index_cards()


def _index_cards() -> None:
    op.create_index(
        "uq_cards_membership_id",
        "cards",
        ["membership_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("revoked_at is null"),
    )
