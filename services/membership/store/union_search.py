"""Find my union: anybody, by name, initials, employer, street or division; public facts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from services.chassis.data.pages import Cut, cut
from services.chassis.data.read import Reader
from services.chassis.kernel.actors import Actor
from services.membership.domain.union import Level
from services.membership.store.scope import holds
from services.membership.store.tables import Union
from services.membership.store.unions import PUBLIC_COLUMNS, visible_to

MOST = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed; every part is optional."""

    words: str = ""
    division: str = ""
    employer: str = ""
    street: str = ""
    group: str = ""


async def ranked(read: Reader, wanted: Wanted, limit: int = MOST) -> Sequence[Row[Any]]:
    """The best matches first: the exact name, the beginning, the grassroots before their uppers."""
    conditions = [Union.state == "active", *_conditions(wanted)]
    words = wanted.words or wanted.employer
    rank = case(
        (or_(Union.name == words, Union.employer_name == words), 0),
        (Union.name.startswith(words, autoescape=True), 1),
        else_=2,
    )
    query = (
        select(*PUBLIC_COLUMNS)
        .where(*conditions)
        .order_by(rank, func.length(Union.name), Union.id)
        .limit(limit)
    )
    return await read.rows(query)


async def catching(
    read: Reader, division: str, group: str = "", limit: int = 3
) -> Sequence[Row[Any]]:
    """The unions that take in whoever has no employer's union: 小三级 (M-31, M-06, M-07).

    The federation of the trade first, then the nearest and lowest union of the place.
    """
    places = _surrounding(division)
    if not places:
        return []
    query = (
        select(*PUBLIC_COLUMNS)
        .where(
            Union.state == "active",
            Union.catches_all,
            or_(Union.trade.is_(None), Union.trade == group),
            or_(*(Union.division == place for place in places))
            | Union.division.startswith(division, autoescape=True),
        )
        .order_by(
            Union.trade.is_(None),
            func.length(Union.division).desc(),
            Union.level.desc(),
            Union.name,
        )
        .limit(limit)
    )
    return await read.rows(query)


async def below_named(
    actor: Actor, read: Reader, words: str, page: Cut
) -> tuple[Sequence[Row[Any]], str | None]:
    """Active unions in scope, however far below, by name or initials."""
    columns = Union.__table__.c
    query = visible_to(actor).with_only_columns(*columns)
    query = query.where(Union.state == "active", _says(words.strip()))
    return await cut(read, query, [columns.code, columns.id], page)


def _says(words: str) -> ColumnElement[bool]:
    if words.isascii() and words.isalpha():
        start = words.lower()
        return Union.initials.startswith(start, autoescape=True) | Union.pinyin.startswith(
            start, autoescape=True
        )
    return holds(Union.words, words)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if words := wanted.words.strip():
        found.append(_says(words))
    if employer := wanted.employer.strip():
        found.append(holds(Union.words, employer))
    if street := wanted.street.strip():
        found.append(holds(Union.words, street))
    if wanted.division:
        found.append(Union.division.startswith(_shortened(wanted.division), autoescape=True))
    if wanted.group:
        found.append(or_(Union.trade.is_(None), Union.trade == wanted.group))
    if not (wanted.words or wanted.employer or wanted.street):
        found.append(Union.level >= Level.COUNTY)
    return found


def _shortened(division: str) -> str:
    """A province's or a city's code stands for all that begins with its digits."""
    for zeros in ("0000", "00"):
        if len(division) == 6 and division.endswith(zeros):
            return division[: -len(zeros)]
    return division


def _surrounding(division: str) -> list[str]:
    """The division itself and the ones around it: village, township, county."""
    lengths = (12, 9, 6)
    return [division[:length] for length in lengths if len(division) >= length]
