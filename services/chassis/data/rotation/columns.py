"""What a service declares about its columns of bytes, so that keys can change under them.

A structure test finds every column of bytes that a service has not declared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Row, Table
from sqlalchemy.orm import DeclarativeBase

from services.chassis.data.sealed import Sealer
from services.chassis.data.tables import ChassisTables


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """``place`` is where its values are sealed for, by columns of the same row."""

    column: Column[Any]
    place: str


@dataclass(frozen=True, slots=True)
class BlindColumn:
    """An index that is rebuilt from what is sealed: ``tell`` answers the value it indexes.

    ``tell`` gets a row of ``beside``; these may stand in the table that ``joined`` names.
    """

    column: Column[Any]
    purpose: str
    beside: tuple[Column[Any], ...]
    tell: Callable[[Sealer, Row[Any]], str]
    joined: tuple[Table, ColumnElement[bool]] | None = None


@dataclass(frozen=True, slots=True)
class FleetingColumn:
    """An index of rows that are forgotten by themselves; ``since`` is the last time one was used.

    Look-ups ask for the indexes by all keys meanwhile.
    """

    column: Column[Any]
    since: Column[Any]


@dataclass(frozen=True, slots=True)
class ByteColumns:
    """All columns of bytes of a schema; ``plain`` ones hang on no key: digests, random values."""

    sealed: tuple[SealedColumn, ...] = ()
    blind: tuple[BlindColumn, ...] = ()
    fleeting: tuple[FleetingColumn, ...] = ()
    plain: tuple[Column[Any], ...] = ()

    def __add__(self, other: "ByteColumns") -> "ByteColumns":
        return ByteColumns(
            self.sealed + other.sealed,
            self.blind + other.blind,
            self.fleeting + other.fleeting,
            self.plain + other.plain,
        )

    @property
    def declared(self) -> set[str]:
        kept: Sequence[Any] = (*self.sealed, *self.blind, *self.fleeting)
        return {name_of(one.column) for one in kept} | {name_of(one) for one in self.plain}


def table_of(entity: type[DeclarativeBase]) -> Table:
    """A mapped class's table, which is one."""
    return cast(Table, entity.__table__)


def name_of(column: Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


def chassis_columns(tables: ChassisTables) -> ByteColumns:
    """The columns of bytes that every schema has."""
    return ByteColumns(
        sealed=(
            SealedColumn(tables.idempotency.c.answer, "idempotency:{caller}|{route}|{key}:answer"),
            SealedColumn(tables.webhooks.c.secrets, "webhooks:{id}:secrets"),
        ),
        plain=(
            tables.idempotency.c.fingerprint,
            tables.attachments.c.sha256,
            tables.data_keys.c.wrapped,
            tables.audit_seals.c.digest,
            tables.audit_seals.c.previous,
            tables.audit_seals.c.hash,
        ),
    )
