"""What people and spreadsheets type: cleaned with a record of what changed, or refused (B.7)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import category, normalize

from services.chassis.kernel.refusals import FieldError

# Full-width forms stand in the same order as ASCII, 0xFEE0 higher.
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
FULL_WIDTH_WORDS = {
    code: narrow for code, narrow in FULL_WIDTH.items() if chr(narrow).isalnum() or narrow == 0x20
}
# Cyrillic ha, Greek chi, the multiplication signs and the Roman ten.
LOOKS_LIKE_X = dict.fromkeys(map(ord, "ХхΧχ×✕✖Ⅹⅹ"), "X")
SEPARATORS = re.compile(r"[\s'’‘`\-‐‑‒–—―−]+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A value that may be checked, and in Chinese what was changed to get it."""

    value: str
    changes: tuple[str, ...] = ()


class Invalid(ValueError):
    """A value that cannot be taken; ``message`` says what to do and never repeats the value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def at(self, pointer: str) -> FieldError:
        """The same, said of one place in the input."""
        return FieldError(pointer, self.code, self.message)


class InvalidText(Invalid):
    """Text that cannot be stored or shown."""


Step = tuple[str, Callable[[str], str]]


def clean(raw: str) -> Cleaned:
    """One line of text without invisible characters, stray spaces and wide letters (B.7)."""
    return _apply(raw, _LINE)


def clean_code(raw: str) -> Cleaned:
    """A number or code as it is checked: narrow, unbroken, in capitals (B.7)."""
    return _apply(raw, _CODE)


def accept_text(raw: str, limit: int, *, lines: bool = False) -> str:
    """Composed text of at most ``limit`` characters; refuses what no database or page can hold."""
    text = normalize("NFC", raw.replace("\r\n", "\n") if lines else raw)
    allowed = "\n\t" if lines else ""
    for position, character in enumerate(text, 1):
        if category(character) in ("Cc", "Cs") and character not in allowed:
            raise InvalidText(
                "unprintable", f"第{position}个字符无法显示（控制字符），请删除后重新填写。"
            )
    if len(text) > limit:
        raise InvalidText("too-long", f"最多填写{limit}个字，现有{len(text)}个，请缩短。")
    return text


def _apply(raw: str, steps: tuple[Step, ...]) -> Cleaned:
    value, changes = normalize("NFC", raw), []
    for change, step in steps:
        changed = step(value)
        if changed != value:
            changes.append(change)
            value = normalize("NFC", changed)
    return Cleaned(value, tuple(changes))


def _visible(text: str) -> str:
    return "".join(character for character in text if category(character) != "Cf")


def _capital(text: str) -> str:
    # ASCII only: str.upper would lengthen some letters and so move positions.
    return re.sub("[a-z]+", lambda found: found[0].upper(), text)


_LINE: tuple[Step, ...] = (
    ("去除不可见字符", _visible),
    ("全角字符改为半角", lambda text: text.translate(FULL_WIDTH_WORDS)),
    ("去除多余空格", lambda text: " ".join(text.split())),
)
_CODE: tuple[Step, ...] = (
    ("去除不可见字符", _visible),
    ("全角字符改为半角", lambda text: text.translate(FULL_WIDTH)),
    ("去除空格和分隔符", lambda text: SEPARATORS.sub("", text)),
    ("形似字符改为字母X", lambda text: text.translate(LOOKS_LIKE_X)),
    ("小写字母改为大写", _capital),
)
