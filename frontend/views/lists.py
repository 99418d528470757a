"""What every list has: filters that are totals, and the way to the next page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pill:
    """A filter that says how much it would show."""

    label: str
    url: str
    count: int | None
    is_here: bool
