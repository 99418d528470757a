"""Reading facts out of the API's JSON without trusting that all of them are there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID


def text(source: Any, *path: str) -> str:
    """The words at ``path``: a code's label, else the value itself, else nothing."""
    value = _at(source, path)
    if isinstance(value, Mapping):
        value = value.get("label") or value.get("name") or value.get("code")
    return "" if value is None else str(value)


def code(source: Any, *path: str) -> str:
    """The code at ``path``, where it may stand alone or beside its label."""
    value = _at(source, path)
    if isinstance(value, Mapping):
        value = value.get("code")
    return "" if value is None else str(value)


def number(source: Any, *path: str) -> int:
    """The count at ``path``, or none."""
    value = _at(source, path)
    return value if isinstance(value, int) else 0


def items(source: Any, *path: str) -> list[Any]:
    """The list at ``path``; a page of results stands for its items."""
    value = _at(source, path)
    if isinstance(value, Mapping):
        value = value.get("items")
    return list(value) if isinstance(value, (list, tuple)) else []


def known_id(value: object) -> str:
    """The id that a form carried, or nothing where somebody put something else."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        return ""


def _at(source: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(source, Mapping):
            return None
        source = source.get(name)
    return source
