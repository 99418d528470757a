"""The ``identity`` schema: what every table of it is declared on."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import DeclarativeBase

from services.chassis.data.tables import chassis_tables, metadata

SCHEMA = "identity"
PATH = Text(collation="C")


class Base(DeclarativeBase):
    metadata = metadata(SCHEMA)
    type_annotation_map = {  # noqa: RUF012  # read once by SQLAlchemy, never changed
        str: Text,
        bytes: BYTEA,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
    }


CHASSIS = chassis_tables(Base.metadata)


def among(column: str, words: Iterable[str]) -> str:
    """The condition of a CHECK: the column holds one of the words."""
    return f"{column} in ({', '.join(repr(str(word)) for word in words)})"
