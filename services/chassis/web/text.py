"""Text as it may come in: no NUL, no lone surrogate, no control characters, composed (NFC)."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

LINE_BREAKS = str.maketrans("\n\r\t", "   ")


def _printable(value: str) -> str:
    """Refuse NUL, control and other characters that no keyboard types (general category C)."""
    if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} for c in value):
        raise ValueError("含有无法识别的字符，请删除后重新填写。")
    return value


def _line(value: str) -> str:
    return unicodedata.normalize("NFC", _printable(value)).strip()


def _paragraphs(value: str) -> str:
    _printable(value.translate(LINE_BREAKS))
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()


def _no_surrogate(value: object) -> object:
    """pydantic's own string check would fail on a lone surrogate without a sentence."""
    if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("含有无法识别的字符，请删除后重新填写。")
    return value


# One line: names, numbers, addresses, search words.
Line = Annotated[str, BeforeValidator(_no_surrogate), AfterValidator(_line), Field(max_length=200)]
# Several lines: reasons, remarks.
Paragraphs = Annotated[
    str, BeforeValidator(_no_surrogate), AfterValidator(_paragraphs), Field(max_length=2000)
]
