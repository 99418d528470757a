"""What an age says about joining: sixteen is the floor (M-01), retirement is a hint (M-16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

MINIMUM_AGE = 16


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know before deciding, with the rule it comes from; it refuses nothing."""

    code: str
    message: str
    rule: str


def age_on(birth: date, on: date) -> int:
    """Full years of age on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def is_too_young(birth: date, on: date, minimum: int = MINIMUM_AGE) -> bool:
    """Nobody under sixteen may be employed, so nobody under sixteen joins (M-01)."""
    return age_on(birth, on) < minimum


def age_notices(birth: date, sex: str, on: date, retirement: Mapping[str, int]) -> list[Notice]:
    """Hints for the reviewer: a juvenile worker, or somebody near retirement (M-01, M-16)."""
    age = age_on(birth, on)
    notices = []
    if age < 18:
        notices.append(Notice("juvenile", "申请人未满十八周岁，属未成年工，可以入会。", "M-01"))
    limit = retirement.get(sex)
    if limit is not None and age >= limit:
        notices.append(
            Notice(
                "retirement",
                f"申请人已满 {limit} 周岁，可能已到法定退休年龄；"
                "退休人员一般办理保留会籍，请核实是否仍在就业。",
                "M-16",
            )
        )
    return notices
