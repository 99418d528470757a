"""Full values shown once, each beside its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAMES = {"document": "证件号码", "phone": "手机", "birth": "出生日期", "address": "住址"}


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One full value."""

    name: str
    value: str


def disclosed(given: Mapping[str, Any]) -> list[Disclosed]:
    """What the service disclosed, in the order of the form."""
    values = given.get("facts")
    return [
        Disclosed(name, str(values[key]) or "没有登记")
        for key, name in _NAMES.items()
        if isinstance(values, Mapping) and values.get(key) is not None
    ]
