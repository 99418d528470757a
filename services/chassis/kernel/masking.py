"""What of a personal value may be seen without a reason (S-13, settled masks)."""

import re
from dataclasses import dataclass

from services.chassis.kernel.surnames import surname

STAR = "*"
MOST_STARS_IN_NAMES = 6


@dataclass(frozen=True, slots=True)
class Mask:
    """For values of at least ``length`` characters: how many stay at either end."""

    length: int
    head: int
    tail: int


# The longest fitting line holds; a shorter number shows less, so that it cannot be guessed.
DOCUMENT_MASKS = (Mask(15, 3, 4), Mask(10, 1, 3), Mask(8, 1, 2))
MOBILE_MASKS = (Mask(11, 3, 4), Mask(7, 0, 2))
HAN_LETTERS = r"[㐀-鿿]"
# Province, city, county, then township or 街道; 小区 and 社区 are no districts.
STREET = re.compile(
    rf"(?:{HAN_LETTERS}{{2,8}}?(?:省|自治区))?"
    rf"(?:{HAN_LETTERS}{{1,10}}?(?:市|自治州|地区|盟))?"
    rf"(?:(?:(?!路|街|镇|乡|村|号|弄|巷){HAN_LETTERS}|镇(?=江)){{1,10}}?(?:(?<![小社校园])区|县|市|旗))?"
    rf"(?:(?:(?!路|村|号|弄|巷){HAN_LETTERS}){{1,12}}?(?:街道|镇|乡|苏木))?"
)


def mask_name(name: str) -> str:
    """张*, 张**, 欧阳**, 阿*·***, J****; at most six stars, one for a single character (S-13)."""
    name = name.strip()
    if len(name) < 2:
        return STAR * len(name)
    if "·" in name:
        return _mask_dotted(name)
    family = surname(name) if name[0] > "ÿ" else name[0]
    hidden = len("".join(name[len(family) :].split()))
    return family + STAR * min(hidden, MOST_STARS_IN_NAMES)


def mask_document(number: str) -> str:
    """320***********1234, and less of shorter numbers (S-13)."""
    return _mask(number, DOCUMENT_MASKS)


def mask_mobile(number: str) -> str:
    """138****1234 (S-13)."""
    return _mask(number, MOBILE_MASKS)


def mask_bank_card(number: str) -> str:
    """**** **** **** 1234, whatever the length (S-13)."""
    shown = number[-4:] if len(number) >= 12 else STAR * 4
    return f"**** **** **** {shown}"


def mask_address(address: str) -> str:
    """The address down to the township or 街道, without house or road (S-13)."""
    found = STREET.match(address)
    shown = found[0] if found else ""
    return shown if shown == address else shown + STAR * 4


def _mask(value: str, masks: tuple[Mask, ...]) -> str:
    for mask in masks:
        if len(value) >= mask.length:
            hidden = len(value) - mask.head - mask.tail
            return value[: mask.head] + STAR * hidden + value[-mask.tail :]
    return STAR * len(value)


def _mask_dotted(name: str) -> str:
    left = MOST_STARS_IN_NAMES
    parts = []
    for number, part in enumerate(name.split("·")):
        shown = part[:1] if number == 0 else ""
        stars = min(len(part) - len(shown), left)
        left -= stars
        parts.append(shown + STAR * stars)
    return "·".join(part for part in parts if part)
