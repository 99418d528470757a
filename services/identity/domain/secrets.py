"""Secrets that identity hands out once and then knows only by their hash."""

import hashlib
import secrets

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like another in print
_GROUPS, _GROUP = 4, 5


def new_secret() -> str:
    """256 random bits for a session or a refresh token (AUTH-06)."""
    return secrets.token_urlsafe(32)


def new_activation_code() -> str:
    """One hundred random bits that can be read out over the telephone."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def new_phone_code() -> str:
    """Six digits; they are worth little, so few tries and few minutes guard them."""
    return f"{secrets.randbelow(1_000_000):06d}"


def fingerprint(secret: str) -> bytes:
    """What is stored of a secret that is too long to be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def activation_fingerprint(code: str) -> bytes:
    """The same for an activation code, however it was typed."""
    return fingerprint("".join(letter for letter in code.upper() if letter in _LETTERS))


def is_same(one: bytes | None, other: bytes) -> bool:
    """Compare in a time that does not tell how much was right."""
    return secrets.compare_digest(one or bytes(len(other)), other) and one is not None
