"""What a service's events look like, drawn from their classes for the documents."""

import dataclasses
import types
import typing
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.chassis.kernel.events import Event

ID = "0193a5c2-b7e0-7c3e-8f10-5a2b9c4d6e7f"
# Type -> schema and example; a list or an alternative is made of these.
PLAIN: dict[Any, tuple[dict[str, Any], Any]] = {
    UUID: ({"type": "string", "format": "uuid"}, ID),
    str: ({"type": "string"}, "admitted"),
    bool: ({"type": "boolean"}, True),
    int: ({"type": "integer"}, 1),
    Decimal: ({"type": "string", "format": "decimal"}, "33.90"),
    datetime: ({"type": "string", "format": "date-time"}, "2026-03-02T01:00:00+00:00"),
    date: ({"type": "string", "format": "date"}, "2026-03-02"),
    type(None): ({"type": "null"}, None),
}


def described(events: Iterable[type[Event]]) -> dict[str, Any]:
    """Topic -> what happened, where it is read, its data with an example."""
    return {event.topic: _event(event) for event in sorted(events, key=lambda one: one.topic)}


def _event(event: type[Event]) -> dict[str, Any]:
    hints = typing.get_type_hints(event)
    named = [one.name for one in dataclasses.fields(event) if one.name != "subject"]
    drawn = {name: _drawn(hints[name]) for name in named}
    return {
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "link": event.link,
        "data": {
            "type": "object",
            "properties": {name: schema for name, (schema, _) in drawn.items()},
            "required": named,
        },
        "example": {name: example for name, (_, example) in drawn.items()},
    }


def _drawn(kind: Any) -> tuple[dict[str, Any], Any]:
    if kind in PLAIN:
        return PLAIN[kind]
    parts = [_drawn(part) for part in typing.get_args(kind)]
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return {"anyOf": [schema for schema, _ in parts]}, parts[0][1]
    (schema, example), *_ = parts
    return {"type": "array", "items": schema}, [example]
