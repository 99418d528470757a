"""The ``membership`` schema: what every table of it is declared on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, DateTime, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis.data.changes import CHANGED_NOW
from services.chassis.data.tables import chassis_tables, metadata


class Base(DeclarativeBase):
    metadata = metadata("membership")
    type_annotation_map = {  # noqa: RUF012  # read once by SQLAlchemy, never changed
        str: Text,
        bytes: BYTEA,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
    }


CHASSIS = chassis_tables(Base.metadata)

PATH = Text(collation="C")
"""Materialised union paths compare byte by byte, so that "below" is a prefix condition."""


HAS_BATCH = text("batch_id is not null")


def bigrams(column: str) -> ColumnElement[list[str]]:
    """The pairs of neighbouring characters of a column, by the schema's immutable function."""
    return func.membership.bigrams(text(column))


class Versioned:
    """Rows that people edit: ``version`` grows with every change and makes the ETag."""

    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Followed:
    """Rows that other systems follow: the transaction that changed them last."""

    changed_xid: Mapped[int] = mapped_column(BigInteger, server_default=CHANGED_NOW)


class Made:
    """Who made a row, and when."""

    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
