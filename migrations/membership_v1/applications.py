"""Applications and their steps as first created."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

SCHEMA = "membership"


def create() -> None:
    _create_applications()
    _create_application_steps()


def _create_applications() -> None:
    op.create_table(
        "applications",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("union_path", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("poster", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("document_masked", sa.Text(), nullable=False),
        sa.Column("document_key", postgresql.BYTEA(), nullable=False),
        sa.Column("phone_masked", sa.Text(), nullable=False),
        sa.Column("phone_key", postgresql.BYTEA(), nullable=True),
        sa.Column("phone_tail", postgresql.BYTEA(), nullable=True),
        sa.Column("facts", postgresql.BYTEA(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("birth_month", sa.SmallInteger(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=True),
        sa.Column("platforms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("employer_name", sa.Text(), nullable=True),
        sa.Column("work_division", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("join_path", sa.Text(), nullable=True),
        sa.Column("join_rule", sa.Text(), nullable=True),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_name", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_clock", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("escalated_to", sa.Text(collation="C"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_name", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("conflict_union_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel in ('online', 'scan', 'counter', 'batch')",
            name=op.f("ck_applications_channel"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'returned', 'admitted', 'refused', 'withdrawn')",
            name=op.f("ck_applications_state"),
        ),
        sa.ForeignKeyConstraint(
            ["union_id"], ["membership.unions.id"], name=op.f("fk_applications_union_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        schema=SCHEMA,
    )
    _index_applications()


def _index_applications() -> None:
    op.create_index(
        "ix_applications_applicant_id",
        "applications",
        ["applicant_id"],
        unique=False,
        schema=SCHEMA,
        postgresql_where=sa.text("applicant_id is not null"),
    )
    op.create_index(
        "ix_applications_batch_id",
        "applications",
        ["batch_id"],
        unique=False,
        schema=SCHEMA,
        postgresql_where=sa.text("batch_id is not null"),
    )
    op.create_index(
        "ix_applications_document_key",
        "applications",
        ["document_key"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_applications_name",
        "applications",
        [sa.literal_column("membership.bigrams(name)")],
        unique=False,
        schema=SCHEMA,
        postgresql_using="gin",
    )
    op.create_index(
        op.f("ix_applications_person_id"),
        "applications",
        ["person_id"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_applications_phone_key", "applications", ["phone_key"], unique=False, schema=SCHEMA
    )
    op.create_index(
        "ix_applications_queue",
        "applications",
        ["union_path", "review_due_at", "id"],
        unique=False,
        schema=SCHEMA,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        op.f("ix_applications_union_id"), "applications", ["union_id"], unique=False, schema=SCHEMA
    )
    op.create_index(
        "ix_applications_union_path",
        "applications",
        ["union_path", "id"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "uq_applications_number", "applications", ["number"], unique=True, schema=SCHEMA
    )
    op.create_index(
        "uq_applications_open",
        "applications",
        ["document_key"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("state in ('submitted', 'returned')"),
    )


def _create_application_steps() -> None:
    op.create_table(
        "application_steps",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("union_path", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["membership.applications.id"],
            name=op.f("fk_application_steps_application_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_steps")),
        schema=SCHEMA,
    )
    _index_application_steps()


def _index_application_steps() -> None:
    op.create_index(
        "ix_application_steps_application_id",
        "application_steps",
        ["application_id", "at", "id"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_application_steps_union_path",
        "application_steps",
        ["union_path", "at"],
        unique=False,
        schema=SCHEMA,
    )
