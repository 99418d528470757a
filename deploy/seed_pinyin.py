"""Writes the kernel's readings of Chinese characters from the ``pypinyin`` dictionaries.

``python -m deploy.seed_pinyin`` writes the file; a unit test compares it with the library. The
library itself would cost every process 55 MB for phrases of which names need one in fourteen:
those that are not read as their characters are read alone.
"""

from collections import defaultdict
from pathlib import Path

from pypinyin import lazy_pinyin
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

TARGET = (
    Path(__file__).resolve().parent.parent
    / "services"
    / "chassis"
    / "kernel"
    / "data"
    / "pinyin.txt"
)


def text() -> str:
    """Lines ``syllable characters``, an empty line, then lines ``phrase syllable syllable …``."""
    alone = {chr(code): lazy_pinyin(chr(code))[0] for code in pinyin_dict}
    by_syllable: dict[str, list[str]] = defaultdict(list)
    for character, syllable in sorted(alone.items()):
        if syllable.isascii() and syllable != character:
            by_syllable[syllable].append(character)
    characters = [
        f"{syllable} {''.join(by_syllable[syllable])}" for syllable in sorted(by_syllable)
    ]
    phrases = [
        f"{phrase} {' '.join(read)}"
        for phrase in sorted(phrases_dict)
        if (read := lazy_pinyin(phrase)) != [alone.get(c, c) for c in phrase]
        and all(syllable.isascii() for syllable in read)
        and len(read) == len(phrase)
    ]
    return "\n".join([*characters, "", *phrases, ""])


if __name__ == "__main__":
    TARGET.write_text(text())
