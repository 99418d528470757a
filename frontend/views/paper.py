"""Facts laid out in the ruled cells of a paper form, two to a line."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Fact:
    """A cell of the form: what it is called and what it says."""

    name: str
    value: str
    is_whole: bool = False


def ruled(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that say something; one that would stand alone takes the whole line."""
    lines: list[list[Fact]] = []
    for fact in facts:
        if not fact.value:
            continue
        if lines and not fact.is_whole and len(lines[-1]) == 1 and not lines[-1][0].is_whole:
            lines[-1].append(fact)
        else:
            lines.append([fact])
    return [
        replace(fact, is_whole=True) if len(line) == 1 else fact for line in lines for fact in line
    ]
