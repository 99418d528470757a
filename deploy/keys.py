"""Keys and secrets of a local run: made once, readable by their owner only."""

import base64
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from joserfc.jwk import Key, KeySet, OKPKey

KEY_HOLDERS = ("gateway", "frontend", "identity", "membership")


def make_keys(folder: Path) -> None:
    """One signing key for each part, everybody's public keys, and what seals columns and events."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys: list[Key] = [_signing_key(folder / f"{part}.jwk", part) for part in KEY_HOLDERS]
    public = KeySet(keys).as_dict(private=False)
    write_private(folder / "trust.jwks", json.dumps(public))
    if not (folder / "kek.json").exists():
        kek = {"active": "kek-1", "keys": {"kek-1": _random_base64()}}
        write_private(folder / "kek.json", json.dumps(kek))
    if not (folder / "webhook.secret").exists():
        write_private(folder / "webhook.secret", f"whsec_{_random_base64()}")


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


def _signing_key(path: Path, part: str) -> OKPKey:
    if path.exists():
        return OKPKey.import_key(json.loads(path.read_text()))
    key = OKPKey.generate_key("Ed25519", {"kid": part, "use": "sig", "alg": "Ed25519"})
    write_private(path, json.dumps(key.as_dict(private=True)))
    return key


def _random_base64() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
