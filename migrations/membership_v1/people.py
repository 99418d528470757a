"""People and the documents they are found by, as first created."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

SCHEMA = "membership"


def create() -> None:
    _create_people()
    _create_person_keys()


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(collation="C"), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("document_masked", sa.Text(), nullable=False),
        sa.Column("phone_masked", sa.Text(), nullable=False),
        sa.Column("phone_key", postgresql.BYTEA(), nullable=True),
        sa.Column("phone_tail", postgresql.BYTEA(), nullable=True),
        sa.Column("facts", postgresql.BYTEA(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("birth_month", sa.SmallInteger(), nullable=True),
        sa.Column("member_number", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("politics", sa.Text(), nullable=True),
        sa.Column("employment", sa.Text(), nullable=True),
        sa.Column("skill_level", sa.Text(), nullable=True),
        sa.Column("household_kind", sa.Text(), nullable=True),
        sa.Column("household_division", sa.Text(), nullable=True),
        sa.Column("native_place", sa.Text(), nullable=True),
        sa.Column("employer_name", sa.Text(), nullable=True),
        sa.Column("is_migrant", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        schema=SCHEMA,
    )
    _index_people()


def _index_people() -> None:
    op.create_index(
        "ix_people_initials",
        "people",
        ["initials"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_people_name",
        "people",
        [sa.literal_column("membership.bigrams(name)")],
        unique=False,
        schema=SCHEMA,
        postgresql_using="gin",
    )
    op.create_index("ix_people_phone_key", "people", ["phone_key"], unique=False, schema=SCHEMA)
    op.create_index("ix_people_phone_tail", "people", ["phone_tail"], unique=False, schema=SCHEMA)
    op.create_index(
        "uq_people_account_id",
        "people",
        ["account_id"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("account_id is not null"),
    )
    op.create_index(
        "uq_people_member_number",
        "people",
        ["member_number"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("member_number is not null"),
    )


def _create_person_keys() -> None:
    op.create_table(
        "person_keys",
        sa.Column("blind", postgresql.BYTEA(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["membership.people.id"], name=op.f("fk_person_keys_person_id")
        ),
        sa.PrimaryKeyConstraint("blind", name=op.f("pk_person_keys")),
        schema=SCHEMA,
    )
    _index_person_keys()


def _index_person_keys() -> None:
    op.create_index(
        op.f("ix_person_keys_person_id"), "person_keys", ["person_id"], unique=False, schema=SCHEMA
    )
