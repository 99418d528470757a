"""Unions as lists and choices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.kernel.actors import ROLE_LABELS, Role


@dataclass(frozen=True, slots=True)
class UnionChoice:
    """A union for which somebody may act, and as what."""

    id: str
    name: str
    roles: str
    is_chosen: bool


def choices_of(me: Mapping[str, Any]) -> list[UnionChoice]:
    """The unions at which the visitor holds roles."""
    acting = (me.get("acting_union") or {}).get("id")
    return [
        UnionChoice(
            id=str(union["id"]),
            name=str(union["name"]),
            roles="、".join(role_label(role) for role in union.get("roles", ())),
            is_chosen=union["id"] == acting,
        )
        for union in me.get("unions", ())
    ]


def role_label(role: str) -> str:
    """A role's Chinese name; an unknown one stays as it is."""
    try:
        return ROLE_LABELS[Role(role)]
    except ValueError:
        return role
