"""Know other systems: API clients, their keys, and what each of them may show only once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_add_api_clients"
down_revision = "0001_create_identity"
branch_labels = None
depends_on = None

SCHEMA = "identity"
TABLES = ("client_directory", "used_once", "client_keys", "api_clients")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    _create_api_clients()
    _create_client_keys()
    _create_used_once()
    _create_client_directory()


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.drop_table(table, schema=SCHEMA)


def _create_api_clients() -> None:
    op.create_table(
        "api_clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("contact_sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("allow_list", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("concurrent", sa.Integer(), nullable=False),
        sa.Column("requires_signature", sa.Boolean(), nullable=False),
        sa.Column("token_family", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('active', 'suspended')", name=op.f("ck_api_clients_state")),
        sa.CheckConstraint(
            "kind in ('platform', 'province', 'hotline')", name=op.f("ck_api_clients_kind")
        ),
        sa.ForeignKeyConstraint(
            ["union_id"], ["identity.unions.id"], name=op.f("fk_api_clients_union_id_unions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_clients")),
        schema=SCHEMA,
    )
    columns = ["union_id", "created_at", "id"]
    op.create_index("ix_api_clients_union_id", "api_clients", columns, schema=SCHEMA)


def _create_client_keys() -> None:
    op.create_table(
        "client_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("jwk", postgresql.JSONB(), nullable=True),
        sa.Column("secret_sealed", postgresql.BYTEA(), nullable=True),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(jwk is null) <> (secret_sealed is null)", name=op.f("ck_client_keys_one_of_both")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["identity.api_clients.id"],
            name=op.f("fk_client_keys_client_id_api_clients"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_keys")),
        schema=SCHEMA,
    )
    op.create_index("uq_client_keys_kid", "client_keys", ["kid"], unique=True, schema=SCHEMA)
    columns = ["client_id", "added_at", "id"]
    op.create_index("ix_client_keys_client_id", "client_keys", columns, schema=SCHEMA)


def _create_used_once() -> None:
    op.create_table(
        "used_once",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("digest", postgresql.BYTEA(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("client_id", "digest", name=op.f("pk_used_once")),
        schema=SCHEMA,
    )
    op.create_index("ix_used_once_expires_at", "used_once", ["expires_at"], schema=SCHEMA)


def _create_client_directory() -> None:
    op.create_table(
        "client_directory",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_client_directory_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_directory")),
        schema=SCHEMA,
    )
    op.execute("insert into identity.client_directory (id, version) values (1, 1)")
