"""Which passwords are refused, and why (AUTH-05): too short, too long, known, or too regular.

What is left after known words, context words, sequences, repeats and keyboard walks have been
taken out must still be worth guessing. No kinds of characters are demanded.
"""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from services.chassis.kernel.refusals import FieldError

SHORTEST_FOR_STAFF = 12
LONGEST = 128
SHORTEST_REMAINDER = 6
FEWEST_DIFFERENT = 5
SHORTEST_WORD = 3
SHORTEST_WALK = 4

CONTEXT = (
    "niangjia",
    "娘家",
    "gonghui",
    "zonggonghui",
    "工会",
    "总工会",
    "union",
    "12351",
    "jiangsu",
)

_LOOKALIKES = str.maketrans("@4310$5!7", "aaeiossit")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1234567890-=",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    *("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/"),
    "!@#$%^&*()",
)
_STEPS = frozenset(pair for row in _ROWS for line in (row, row[::-1]) for pair in pairwise(line))


def normalised(password: str) -> str:
    """One spelling of what was typed, whatever keyboard it was typed on; nothing is cut off."""
    return unicodedata.normalize("NFKC", password)


def password_fault(
    password: str,
    common: frozenset[str],
    context: Iterable[str],
    shortest: int = SHORTEST_FOR_STAFF,
) -> FieldError | None:
    """Why this password is refused, or None."""
    if len(password) < shortest:
        return _fault("too-short", f"密码至少需要 {shortest} 个字符。")
    if len(password) > LONGEST:
        return _fault("too-long", f"密码最多 {LONGEST} 个字符。")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in password):
        return _fault("control-character", "密码中不能有控制字符。")
    folded = password.lower()
    if len(set(folded)) < FEWEST_DIFFERENT or _is_repetition(folded):
        return _fault("too-regular", "密码过于简单，请不要重复同样的字符。")
    words = {
        word.lower()
        for word in (*CONTEXT, *context)
        if len(word) >= SHORTEST_WORD or not word.isascii()
    }
    if len(_remainder(folded, common, words)) < SHORTEST_REMAINDER:
        return _fault("guessable", "密码容易被猜到，请避开常见词、姓名账号、连续字符和键盘顺序。")
    return None


def _fault(code: str, message: str) -> FieldError:
    return FieldError("/password", code, message)


def _is_telling(word: str) -> bool:
    return len(word) >= SHORTEST_WORD or (bool(word) and not word.isascii())


def _is_repetition(text: str) -> bool:
    return text in (text + text)[1:-1]


def _remainder(folded: str, common: frozenset[str], words: set[str]) -> str:
    if folded in common or folded.translate(_LOOKALIKES) in common:
        return ""
    rest = _without_walks(folded)
    for spelled in (str, lambda text: text.translate(_LOOKALIKES)):
        left = spelled(rest)
        for word in sorted(words | common, key=len, reverse=True):
            left = left.replace(word, "")
        rest = min(rest, left, key=len)
    # Digits and punctuation around a known word are the first thing that is tried.
    return rest if any(letter.isalpha() for letter in rest) else rest[SHORTEST_REMAINDER:]


def _without_walks(text: str) -> str:
    kept, run = "", text[:1]
    for letter in text[1:]:
        if letter == run[-1] or (run[-1], letter) in _STEPS:
            run += letter
            continue
        kept += run if len(run) < SHORTEST_WALK else ""
        run = letter
    return kept + (run if len(run) < SHORTEST_WALK else "")
