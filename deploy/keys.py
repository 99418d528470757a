"""Keys and secrets of a local run: made once, readable by their owner only."""

import base64
import json
import secrets
from pathlib import Path
from typing import Any

from joserfc.jwk import Key, KeySet, OKPKey

from deploy.private import write_private

KEY_HOLDERS = ("gateway", "frontend", "identity", "membership")


def make_keys(folder: Path) -> None:
    """One signing key for each part, everybody's public keys, and what seals columns and events."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys: list[Key] = [_signing_key(folder / f"{part}.jwk", part) for part in KEY_HOLDERS]
    _trust(folder / "trust.jwks", keys)
    if not (folder / "kek.json").exists():
        kek = {"active": "kek-1", "keys": {"kek-1": _random_base64()}}
        write_private(folder / "kek.json", json.dumps(kek))
    if not (folder / "webhook.secret").exists():
        write_private(folder / "webhook.secret", f"whsec_{_random_base64()}")
    if not (folder / "pages.secret").exists():
        write_private(folder / "pages.secret", _random_base64())


def _signing_key(path: Path, part: str) -> OKPKey:
    if path.exists():
        return OKPKey.import_key(json.loads(path.read_text()))
    key = OKPKey.generate_key("Ed25519", {"kid": part, "use": "sig", "alg": "Ed25519"})
    write_private(path, json.dumps(key.as_dict(private=True)))
    return key


def _trust(path: Path, keys: list[Key]) -> None:
    """Keys that a rotation has published besides stay until it withdraws them."""
    public: list[Any] = KeySet(keys).as_dict(private=False)["keys"]
    before = json.loads(path.read_text())["keys"] if path.exists() else []
    ours = {key["kid"] for key in public}
    others = [key for key in before if key["kid"] not in ours and "#" in key["kid"]]
    write_private(path, json.dumps({"keys": public + others}))


def _random_base64() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
