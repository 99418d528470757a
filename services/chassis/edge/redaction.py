"""What may stand in a log: ids, codes, counts and English; whatever looks like a person is cut out.

Our own messages are English, so Chinese in a log came from somebody's record; long numbers are
identity numbers, phones or cards unless they are part of a UUID or a trace id (PII-08).
"""

import re
from collections.abc import MutableMapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

MASK = "[…]"
DEEPEST = 6
LONGEST = 2_000
# Made and checked by us, and wanted whole.
KEPT = frozenset({"level", "timestamp", "part", "request_id", "trace_id", "span_id", "ms", "bytes"})

_OURS = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
_NUMBER = r"\d(?:[ \-\u2010-\u2015\uff0d\u3000]?\d){10,}[Xx]?"
_MAIL = r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"
_HAN = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+(?:[·・•.]?[\u3400-\u9fff]+)*"
_SUSPECT = re.compile(f"({_OURS})|{_NUMBER}|{_MAIL}|{_HAN}")


def redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the last before the renderer."""
    return {
        key if key in KEPT else redact_text(key): value if key in KEPT else redact(value)
        for key, value in event.items()
    }


def redact(value: Any, depth: int = 0) -> Any:
    """A value as it may be logged; of an unknown object only its type is told."""
    if isinstance(value, Enum | UUID | date | datetime):
        return str(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, int):
        return value if abs(value) < 10**10 else MASK
    if depth < DEEPEST and isinstance(value, dict):
        return {redact_text(str(k)): redact(v, depth + 1) for k, v in value.items()}
    if depth < DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth + 1) for item in value]
    return f"<{type(value).__name__}>"


def redact_text(text: str) -> str:
    return _SUSPECT.sub(lambda found: found[1] or MASK, text[:LONGEST])


def looks_personal(text: str) -> bool:
    """Whether something would be cut out of ``text``."""
    return redact_text(text) != text
