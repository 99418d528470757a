"""Levels, types and the tree of union organisations (M-30 to M-33, B.5)."""

from datetime import date
from enum import IntEnum
from uuid import UUID

from services.chassis.kernel.refusals import FieldError


class Level(IntEnum):
    """M-30: 0 province, 1 city, 2 county, 3 township or street, 4 grassroots."""

    PROVINCE = 0
    CITY = 1
    COUNTY = 2
    TOWNSHIP = 3
    GRASSROOTS = 4


LEVEL_LABELS = {
    Level.PROVINCE: "省总工会",
    Level.CITY: "市总工会",
    Level.COUNTY: "县（区）总工会",
    Level.TOWNSHIP: "乡镇（街道）、开发区总工会",
    Level.GRASSROOTS: "基层工会",
}

# 地方总工会, 独立, 联合, 区域性联合会, 行业性联合会 (M-32); federations catch who has no union.
LOCAL, SINGLE, JOINT, AREA_FEDERATION, INDUSTRY_FEDERATION = "9", "0", "1", "2", "3"
BELOW = "下级工会的级别必须低于上级工会；基层工会之下只能再设基层工会。"
GRASSROOTS_KIND = "基层工会的类型应为独立、联合或区域（行业）联合会。"
FEDERATIONS = frozenset({AREA_FEDERATION, INDUSTRY_FEDERATION})


def path_of(union_id: UUID, parent_path: str) -> str:
    """The materialised path: the parent's, then this union's hex id, ended by a slash."""
    return f"{parent_path}{union_id.hex}/"


def upper_path(path: str) -> str:
    """The path of the union above; empty at the top."""
    above = path.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else ""


def faults(level: int, kind: str, parent_level: int | None) -> list[FieldError]:
    """What speaks against a union of this level and type below that parent (M-30, M-32)."""
    found = []
    if parent_level is not None and not _may_stand_below(level, parent_level):
        found.append(FieldError("/level", "level", BELOW))
    if level < Level.TOWNSHIP and kind != LOCAL:
        found.append(FieldError("/kind", "kind", "省、市、县级工会的类型应为“地方总工会”。"))
    if level == Level.GRASSROOTS and kind == LOCAL:
        found.append(FieldError("/kind", "kind", GRASSROOTS_KIND))
    return found


def _may_stand_below(level: int, parent_level: int) -> bool:
    return level > parent_level or level == parent_level == Level.GRASSROOTS


def date_faults(
    founded_on: date | None, term_ends_on: date | None, today: date
) -> list[FieldError]:
    """A union is not founded in the future and its term ends after it began (M-35)."""
    found = []
    if founded_on is not None and founded_on > today:
        found.append(FieldError("/founded_on", "future", "建会日期不能晚于今天。"))
    if founded_on and term_ends_on and term_ends_on <= founded_on:
        found.append(FieldError("/term_ends_on", "order", "换届日期应晚于建会日期。"))
    return found


def words_of(*parts: str | None) -> str:
    """What the register is searched by: name, employer and address in one line."""
    return " ".join(part for part in parts if part)
