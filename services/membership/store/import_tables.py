"""Imported sheets, their rows, and the staging table through which rows become applications."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.data.tables import Entity
from services.membership.store.application_tables import Application
from services.membership.store.schema import PATH, Base, Versioned


class Import(Entity, Versioned, Base):
    """One uploaded sheet; ``layout`` is {header_row, headers, places} once its header was found.

    ``read_to`` is the last sheet row that is staged, ``marked_to`` the last that was compared with
    the register: where a killed job goes on. ``version`` grows with the state, not with progress.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(
            "state in ('received', 'checking', 'checked', 'applying', 'applied', 'undoing',"
            " 'undone', 'failed', 'cancelled')",
            name="state",
        ),
        Index(
            "uq_imports_file",
            "union_id",
            "sha256",
            unique=True,
            postgresql_where=text("state not in ('undone', 'failed', 'cancelled')"),
        ),
        Index("ix_imports_union_path", "union_path", "id"),
    )

    union_id: Mapped[UUID] = mapped_column(ForeignKey("membership.unions.id"), index=True)
    union_path: Mapped[str] = mapped_column(PATH)
    kind: Mapped[str]
    state: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[bytes]
    format: Mapped[str]
    attachment_id: Mapped[UUID]
    stored_at: Mapped[str]
    layout: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    read_to: Mapped[int] = mapped_column(default=0)
    marked_to: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    ready: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    applied: Mapped[int] = mapped_column(default=0)
    undone: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    job_id: Mapped[UUID | None]
    evidence: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")
    failure_detail: Mapped[str] = mapped_column(default="")
    made_by: Mapped[UUID]
    made_name: Mapped[str]
    checked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_name: Mapped[str | None]
    applied_at: Mapped[datetime | None]


class ImportRow(Base):
    """One row of a sheet.

    ``cells`` is sealed JSON {typed: [as it stood], values: [by column]} under
    ``import_rows:<import>:<number>:cells``. ``problems`` come from the cells, ``marks`` from the
    other rows and the register; neither repeats a value.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint(
            "state in ('ready', 'faulty', 'duplicate', 'applied', 'undone', 'kept')", name="state"
        ),
        # Those that wait for somebody; all others are found in the order of the sheet.
        Index(
            "ix_import_rows_rejected",
            "import_id",
            "state",
            "number",
            postgresql_where=text("state in ('faulty', 'duplicate')"),
        ),
        Index(
            "ix_import_rows_document_key",
            "import_id",
            "document_key",
            "number",
            postgresql_where=text("document_key is not null"),
        ),
    )

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("membership.imports.id", ondelete="cascade"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    is_faulty: Mapped[bool]
    document_key: Mapped[bytes | None]
    cells: Mapped[bytes]
    problems: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    marks: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    application_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    mended_by: Mapped[UUID | None]


# Unlogged: its rows live for one transaction, between COPY and INSERT … SELECT.
STAGING = Table(
    "import_staging",
    Base.metadata,
    Column("row_number", ImportRow.__table__.c.number.type, nullable=False),
    *(
        Column(column.name, column.type, nullable=column.nullable)
        for column in Application.__table__.columns
        if column.name != "changed_xid"  # told by the transaction that enters them
    ),
    prefixes=["UNLOGGED"],
)
