"""What only its owner may read."""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def make_passwords(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Passwords that are kept stay; names that have none get one."""
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: secrets.token_urlsafe(24) for name in names if name not in kept}
    if missing:
        write_private(path, json.dumps(kept | missing))
    return kept | missing


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    half = path.with_name(f"{path.name}.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
