"""How Chinese characters are read, alone and in the phrases where they are read otherwise.

The file beside is written by ``deploy/seed_pinyin.py``; see decision 7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

SOURCE = Path(__file__).parent / "data" / "pinyin.txt"


@dataclass(frozen=True, slots=True)
class Readings:
    """Syllables without tones: of a character, and of a phrase one for each of its characters."""

    characters: dict[str, str]
    phrases: dict[str, str]
    longest: int

    def spell(self, text: str) -> Iterator[str]:
        """The syllables of ``text``, the longest phrase first; a run of other letters is one."""
        for read, run in groupby(text, self.characters.__contains__):
            together = "".join(run)
            if read:
                yield from self._chinese(together)
            else:
                yield together

    def _chinese(self, text: str) -> Iterator[str]:
        start = 0
        while start < len(text):
            end = self._phrase_end(text, start)
            if end:
                yield from self.phrases[text[start:end]].split()
            else:
                end = start + 1
                yield self.characters[text[start]]
            start = end

    def _phrase_end(self, text: str, start: int) -> int:
        furthest = min(len(text), start + self.longest)
        return next((e for e in range(furthest, start + 1, -1) if text[start:e] in self.phrases), 0)


@cache
def readings() -> Readings:
    """Read at the first name that is spelt, and kept."""
    alone, _, together = SOURCE.read_text(encoding="utf8").partition("\n\n")
    characters = {
        character: syllable
        for syllable, _, group in (line.partition(" ") for line in alone.splitlines())
        for character in group
    }
    phrases = dict(line.split(" ", 1) for line in together.splitlines())
    return Readings(characters, phrases, max(map(len, phrases)))
