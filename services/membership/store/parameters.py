"""Effective-dated parameters: the nearest union's value, else an upper one's, else shipped."""

from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from services.chassis.data.read import Reader
from services.membership.store.reference import parameter_defaults
from services.membership.store.tables import Parameter


async def value_of(read: Reader, key: str, union_path: str, on: date) -> Any:
    """The value that holds for a union on a day (J-7)."""
    query = (
        select(Parameter.value)
        .where(
            Parameter.key == key,
            Parameter.union_path.in_(_lineage(union_path)),
            Parameter.valid_from <= on,
            or_(Parameter.valid_to.is_(None), Parameter.valid_to >= on),
        )
        .order_by(func.length(Parameter.union_path).desc(), Parameter.valid_from.desc())
        .limit(1)
    )
    if (row := await read.first(query)) is not None:
        return row.value
    return shipped(key, on)


def shipped(key: str, on: date) -> Any:
    """The value that the release brings; KeyError would be a mistake of ours."""
    values = parameter_defaults()[key]
    return next((value for start, value in values if start <= on), values[-1][1])


def _lineage(path: str) -> list[str]:
    """'' and every prefix of a path that ends with a slash."""
    steps = path.split("/")[:-1]
    return ["", *("/".join(steps[: n + 1]) + "/" for n in range(len(steps)))]
