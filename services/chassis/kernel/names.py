"""Names of people: cleaned as they are stored, and spelt as they are searched for."""

import re

from services.chassis.kernel.readings import readings
from services.chassis.kernel.surnames import COMPOUND_READINGS, READINGS, surname
from services.chassis.kernel.text import Cleaned, clean

__all__ = ["clean_name", "pinyin", "surname"]

HAN = r"[㐀-鿿\U00020000-\U0003FFFF]"
PARTED_HAN = re.compile(rf"{HAN}+(?: {HAN}+)+")
DOTS = re.compile(r" ?[·•‧∙⋅・･．] ?")
BREAKS = re.compile(r"[ ·]")
NOT_TYPED = re.compile("[^a-z0-9]")


def clean_name(raw: str) -> Cleaned:
    """A name on one line: no gaps between Chinese characters, one kind of dot (B.7, S-13)."""
    line = clean(raw)
    value, changes = DOTS.sub("·", line.value), line.changes
    if value != line.value:
        changes = (*changes, "间隔号统一为“·”")
    if PARTED_HAN.fullmatch(value):
        value, changes = value.replace(" ", ""), (*changes, "去除姓名中间的空格")
    return Cleaned(value, changes)


def pinyin(name: str) -> tuple[str, str]:
    """The name as typed without tones: ``("shanxiongxin", "sxx")`` for 单雄信.

    A name in several parts (阿凡·提江山, John Smith) has no surname in front.
    """
    parts = BREAKS.split(name)
    syllables = [syllable for part in parts for syllable in _syllables(part)]
    if len(parts) == 1:
        family = surname(name)
        read = READINGS.get(family) or COMPOUND_READINGS.get(family)
        if read:
            syllables = [*read.split(), *_syllables(name[len(family) :])]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def _syllables(text: str) -> list[str]:
    spelt = (NOT_TYPED.sub("", syllable.lower()) for syllable in readings().spell(text))
    return [syllable for syllable in spelt if syllable]
