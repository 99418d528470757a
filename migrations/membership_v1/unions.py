"""Union organisations, posters, number series and parameters as first created."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

SCHEMA = "membership"


def create() -> None:
    _create_unions()
    _create_union_posters()
    _create_number_series()
    _create_parameters()


def _create_unions() -> None:
    op.create_table(
        "unions",
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(collation="C"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("catches_all", sa.Boolean(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=True),
        sa.Column("employer_name", sa.Text(), nullable=True),
        sa.Column("employer_uscc", sa.Text(), nullable=True),
        sa.Column("union_uscc", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("division", sa.Text(collation="C"), nullable=False),
        sa.Column("employer_nature", sa.Text(), nullable=True),
        sa.Column("economic_type", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("term_ends_on", sa.Date(), nullable=True),
        sa.Column("chair_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("staff_count", sa.Integer(), nullable=True),
        sa.Column("member_count", sa.Integer(), nullable=True),
        sa.Column("women_count", sa.Integer(), nullable=True),
        sa.Column("migrant_count", sa.Integer(), nullable=True),
        sa.Column("party_organisation", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("right(path, 1) = '/'", name=op.f("ck_unions_path")),
        sa.CheckConstraint("state in ('active', 'dissolved')", name=op.f("ck_unions_state")),
        sa.CheckConstraint("level between 0 and 4", name=op.f("ck_unions_level")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["membership.unions.id"], name=op.f("fk_unions_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unions")),
        schema=SCHEMA,
    )
    _index_unions()


def _index_unions() -> None:
    op.create_index(
        "ix_unions_division",
        "unions",
        ["division"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_unions_employer_uscc", "unions", ["employer_uscc"], unique=False, schema=SCHEMA
    )
    op.create_index(
        "ix_unions_initials",
        "unions",
        ["initials"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_unions_parent_id_name", "unions", ["parent_id", "name"], unique=False, schema=SCHEMA
    )
    op.create_index(
        "ix_unions_words",
        "unions",
        [sa.literal_column("membership.bigrams(words)")],
        unique=False,
        schema=SCHEMA,
        postgresql_using="gin",
    )
    op.create_index("uq_unions_code", "unions", ["code"], unique=True, schema=SCHEMA)
    op.create_index("uq_unions_path", "unions", ["path"], unique=True, schema=SCHEMA)
    op.create_index(
        "uq_unions_union_uscc",
        "unions",
        ["union_uscc"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("union_uscc is not null and state = 'active'"),
    )


def _create_union_posters() -> None:
    op.create_table(
        "union_posters",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["union_id"], ["membership.unions.id"], name=op.f("fk_union_posters_union_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_union_posters")),
        schema=SCHEMA,
    )
    _index_union_posters()


def _index_union_posters() -> None:
    op.create_index(
        op.f("ix_union_posters_union_id"),
        "union_posters",
        ["union_id"],
        unique=False,
        schema=SCHEMA,
    )


def _create_number_series() -> None:
    op.create_table(
        "number_series",
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("union_id", "kind", "period", name=op.f("pk_number_series")),
        schema=SCHEMA,
    )


def _create_parameters() -> None:
    op.create_table(
        "parameters",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("union_path", sa.Text(collation="C"), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "valid_to is null or valid_to >= valid_from", name=op.f("ck_parameters_validity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameters")),
        schema=SCHEMA,
    )
    _index_parameters()


def _index_parameters() -> None:
    op.create_index(
        "uq_parameters_key",
        "parameters",
        ["key", "union_path", "valid_from"],
        unique=True,
        schema=SCHEMA,
    )
