"""Consents, their texts, and register checks as first created."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

SCHEMA = "membership"


def create() -> None:
    _create_consent_texts()
    _create_consents()
    _create_register_checks()


def _create_consent_texts() -> None:
    op.create_table(
        "consent_texts",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("items", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("recipients", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_texts")),
        schema=SCHEMA,
    )
    _index_consent_texts()


def _index_consent_texts() -> None:
    op.create_index(
        "uq_consent_texts_purpose",
        "consent_texts",
        ["purpose", "version"],
        unique=True,
        schema=SCHEMA,
    )


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("guardian", postgresql.BYTEA(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_channel", sa.Text(), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "channel in ('online', 'counter', 'batch', 'paper')", name=op.f("ck_consents_channel")
        ),
        sa.CheckConstraint(
            "person_id is not null or application_id is not null", name=op.f("ck_consents_subject")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["membership.consent_texts.id"], name=op.f("fk_consents_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        schema=SCHEMA,
    )
    _index_consents()


def _index_consents() -> None:
    op.create_index(
        "ix_consents_application_id", "consents", ["application_id"], unique=False, schema=SCHEMA
    )
    op.create_index("ix_consents_person_id", "consents", ["person_id"], unique=False, schema=SCHEMA)
    op.create_index(
        op.f("ix_consents_text_id"), "consents", ["text_id"], unique=False, schema=SCHEMA
    )


def _create_register_checks() -> None:
    op.create_table(
        "register_checks",
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_found", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_checks")),
        schema=SCHEMA,
    )
    _index_register_checks()


def _index_register_checks() -> None:
    op.create_index(
        "ix_register_checks_actor_id",
        "register_checks",
        ["actor_id", "at"],
        unique=False,
        schema=SCHEMA,
    )
