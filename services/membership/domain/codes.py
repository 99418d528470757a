"""Code lists with validity dates: national codes in, code and label out (B.3, B.5, B.7, M-11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    label: str
    valid_from: date
    valid_to: date | None = None
    note: str = ""

    def holds_on(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class CodeBook:
    """All lists by name; a code or its exact label finds the entry that holds on a day."""

    def __init__(self, lists: Mapping[str, Iterable[Code]]) -> None:
        self._lists = {name: tuple(codes) for name, codes in lists.items()}
        self._found = {
            name: {word: code for code in codes for word in (code.label, code.code)}
            for name, codes in self._lists.items()
        }

    def names(self) -> list[str]:
        return sorted(self._lists)

    def list(self, name: str, on: date | None = None) -> tuple[Code, ...] | None:
        """One list, all of it or what holds on a day; None when there is no such list."""
        codes = self._lists.get(name)
        if codes is None or on is None:
            return codes
        return tuple(code for code in codes if code.holds_on(on))

    def find(self, name: str, word: str, on: date) -> Code | None:
        """The entry whose code or exact label is ``word`` and that holds on the day."""
        code = self._found[name].get(word)
        return code if code is not None and code.holds_on(on) else None

    def label(self, name: str, code: str | None) -> str:
        """The label of a stored code, also of one that no longer holds."""
        entry = self._found[name].get(code) if code else None
        return entry.label if entry else code or ""
