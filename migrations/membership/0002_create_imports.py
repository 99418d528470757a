"""Keep imported sheets and their rows, so that each can be mended, applied and taken back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_create_imports"
down_revision = "0001_create_membership"
branch_labels = None
depends_on = None

SCHEMA = "membership"


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    create_imports()
    create_import_rows()
    # Rows stay here for one transaction only, so nothing is lost with a crash of the server.
    op.execute(
        "create unlogged table membership.import_staging"
        " (row_number integer not null, like membership.applications)"
    )


def create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("union_id", sa.Uuid(), nullable=False),
        sa.Column("union_path", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", postgresql.BYTEA(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("stored_at", sa.Text(), nullable=False),
        sa.Column("layout", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("read_to", sa.Integer(), nullable=False),
        sa.Column("marked_to", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("failure_detail", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_name", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_name", sa.Text(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('received', 'checking', 'checked', 'applying', 'applied', 'undoing',"
            " 'undone', 'failed', 'cancelled')",
            name=op.f("ck_imports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["union_id"], ["membership.unions.id"], name=op.f("fk_imports_union_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_imports_union_id"), "imports", ["union_id"], schema=SCHEMA)
    op.create_index("ix_imports_union_path", "imports", ["union_path", "id"], schema=SCHEMA)
    op.create_index(
        "uq_imports_file",
        "imports",
        ["union_id", "sha256"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("state not in ('undone', 'failed', 'cancelled')"),
    )


def create_import_rows() -> None:
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_faulty", sa.Boolean(), nullable=False),
        sa.Column("document_key", postgresql.BYTEA(), nullable=True),
        sa.Column("cells", postgresql.BYTEA(), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('ready', 'faulty', 'duplicate', 'applied', 'undone', 'kept')",
            name=op.f("ck_import_rows_state"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["membership.imports.id"],
            name=op.f("fk_import_rows_import_id"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_import_rows_rejected",
        "import_rows",
        ["import_id", "state", "number"],
        schema=SCHEMA,
        postgresql_where=sa.text("state in ('faulty', 'duplicate')"),
    )
    op.create_index(
        "ix_import_rows_document_key",
        "import_rows",
        ["import_id", "document_key", "number"],
        schema=SCHEMA,
        postgresql_where=sa.text("document_key is not null"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_table("import_staging", schema=SCHEMA)
    op.drop_table("import_rows", schema=SCHEMA)
    op.drop_table("imports", schema=SCHEMA)
