"""Numbers that people read out: application numbers, member numbers, union and poster codes."""

import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

# Without 0 O 1 I L U, so that a number read over the phone is typed right.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
APPLICATION_TAIL = 8
POSTER_LENGTH = 6
APPLICATION_NUMBER = re.compile(rf"RH[0-9]{{8}}[{ALPHABET}]{{{APPLICATION_TAIL}}}")


def readable(value: int, length: int) -> str:
    """The last ``length`` digits of ``value`` in the readable alphabet."""
    digits = []
    for _ in range(length):
        value, digit = divmod(value, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(digits)


def application_number(on: date, application_id: UUID) -> str:
    """RH, the day, and a tail from the id's random part, which tells no count."""
    return f"RH{on:%Y%m%d}{readable(application_id.int & (1 << 62) - 1, APPLICATION_TAIL)}"


def is_application_number(text: str) -> bool:
    """Whether somebody typed a number of this form, in whatever case."""
    return APPLICATION_NUMBER.fullmatch(text.upper()) is not None


def poster_code(random_bits: int) -> str:
    """A short code for a poster; nobody can list posters by counting."""
    return readable(random_bits, POSTER_LENGTH)


def patterned(pattern: str, fields: Mapping[str, str | int]) -> str:
    """A number by a union's pattern such as ``{code}{year}{serial:06d}``."""
    return pattern.format_map(dict(fields))
