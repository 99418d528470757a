"""Anybody finds the union to join; the area's stands by for who has none (M-06, M-31)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from services.chassis.data.read import Reader
from services.membership.store import union_search
from services.membership.store.union_search import Wanted


@dataclass(frozen=True, slots=True)
class Found:
    """What matches, and the unions that take in everybody of the place."""

    matches: Sequence[Row[Any]]
    catching: Sequence[Row[Any]]


async def find_my_union(read: Reader, wanted: Wanted) -> Found:
    matches = await union_search.ranked(read, wanted)
    place = wanted.division or (matches[0].division if matches else "")
    return Found(matches, await union_search.catching(read, place, wanted.group))
