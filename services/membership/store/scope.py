"""What "mine and below" means in SQL (J-2), and how names are searched."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from services.chassis.kernel.actors import Actor, Kind
from services.membership.domain.policies import READERS

MAX_WORDS = 40
# "/" ends every step of a path and "0" is the next character: the range of all that lies below.
AFTER_SLASH = "0"


def below(column: InstrumentedAttribute[str], path: str) -> ColumnElement[bool]:
    """The union at ``path`` and all below it, as a range that a plain index serves."""
    if not path:
        return false()
    return and_(column >= path, column < end_of(path))


def end_of(path: str) -> str:
    """What sorts right after everything below ``path``."""
    return path[:-1] + AFTER_SLASH


def is_reader(actor: Actor) -> bool:
    """Staff of a union office who read members and applications."""
    return actor.kind is Kind.STAFF and actor.has(*READERS)


def name_matches(
    name: InstrumentedAttribute[str], initials: InstrumentedAttribute[str], words: str
) -> ColumnElement[bool]:
    """A name by characters inside it, or by pinyin initials from the beginning."""
    words = words.strip()[:MAX_WORDS]
    if words.isascii() and words.isalpha():
        lower = words.lower()
        return or_(_prefix(initials, lower), holds(name, words))
    return holds(name, words)


def holds(column: InstrumentedAttribute[Any], words: str) -> ColumnElement[bool]:
    """The column contains ``words``; two characters or more go through the bigram index."""
    contained = column.contains(words, autoescape=True)
    if len(words) < 2:
        return _prefix(column, words)
    return and_(
        func.membership.bigrams(column).op("@>")(func.membership.bigrams(literal(words))),
        contained,
    )


def _prefix(column: InstrumentedAttribute[Any], start: str) -> ColumnElement[bool]:
    return column.startswith(start, autoescape=True)
