"""Pages are cut by key, not by number: new rows never shift what the reader has seen."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, literal, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.sql.elements import ColumnElement

from services.chassis.data.read import Reader
from services.chassis.kernel.refusals import Unprocessable

MAX_LIMIT = 100
KeyValue = datetime | date | str | int | UUID


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a page begins and how long it is; ``after`` is the opaque cursor."""

    limit: int = 20
    after: str | None = None


async def cut(
    read: Reader,
    query: Select[Any],
    by: Sequence[ColumnElement[Any]],
    page: Cut,
    *,
    order: Literal["asc", "desc"] = "asc",
) -> tuple[Sequence[Row[Any]], str | None]:
    """One page of ``query`` ordered by the columns ``by``, and the key after which the next begins.

    ``by`` must be selected by the query, be not null, and end with a unique column. Raises
    Unprocessable for a cursor that this service did not make.
    """
    key = tuple_(*by)
    if page.after is not None:
        values = parse_cursor(page.after, by)
        edge = tuple_(*(literal(v, c.type) for v, c in zip(values, by, strict=True)))
        query = query.where(key > edge if order == "asc" else key < edge)
    ordering = [c.asc() if order == "asc" else c.desc() for c in by]
    rows = await read.rows(query.order_by(*ordering).limit(page.limit + 1))
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], cursor_of([getattr(last, c.key or "") for c in by])


def cursor_of(values: Sequence[KeyValue]) -> str:
    """The opaque form of a key."""
    text = "\x1f".join(v.isoformat() if isinstance(v, date) else str(v) for v in values)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse_cursor(cursor: str, by: Sequence[ColumnElement[Any]]) -> list[KeyValue]:
    """The key in a cursor; raises Unprocessable for one that this service did not make."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("\x1f")
        values = [_typed(p, c.type.python_type) for p, c in zip(parts, by, strict=True)]
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise Unprocessable("翻页位置无效，请从第一页重新查看。") from error
    return values


def _typed(part: str, kind: type) -> KeyValue:
    if kind is datetime:
        at = datetime.fromisoformat(part)
        if at.tzinfo is None:
            raise ValueError("an instant without an offset")
        return at
    if kind is date:
        return date.fromisoformat(part)
    if kind is UUID:
        return UUID(part)
    if kind is int:
        number = int(part)
        if abs(number) >= 2**63:
            raise ValueError("no such key")
        return number
    if "\x00" in part:
        raise ValueError("no such key")
    return part
