"""The order that the limited child gets; who gives it need not load what opens files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """What the parent asks for: to check a file, or to read it from after a row."""

    verb: str
    path: str
    format: str
    reader: str = "quick"
    after: int = 0
    known: tuple[str, ...] = ()
