"""Wrapping keys in a file: ``{"active": "kek-1", "keys": {"kek-1": "<base64 of 32 bytes>"}}``.

The file is read anew each time, so that a key added to it needs no restart.
"""

import asyncio
import base64
import os
from dataclasses import dataclass
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.chassis.edge.settings import ServiceSettings
from services.chassis.kernel.wrapping import KeysUnusable, Wrapped

KEY_SIZE = 32
NONCE = 12


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The wrapping keys an operator keeps; only the active one wraps."""

    active: str
    keys: dict[str, bytes]

    def __repr__(self) -> str:
        return f"KeyFile(active={self.active!r}, keys={sorted(self.keys)})"


@dataclass(frozen=True, slots=True)
class FileKeys:
    """The key service that a file is."""

    path: Path

    async def current(self) -> str:
        return (await self._read()).active

    async def wrap(self, secret: bytes, place: str) -> Wrapped:
        file, nonce = await self._read(), os.urandom(NONCE)
        sealed = AESGCM(file.keys[file.active]).encrypt(nonce, secret, place.encode())
        return Wrapped(file.active, nonce + sealed)

    async def unwrap(self, wrapped: Wrapped, place: str) -> bytes:
        kek = (await self._read()).keys.get(wrapped.kek_id)
        if kek is None:
            raise KeysUnusable(f"the wrapping key {wrapped.kek_id} is missing")
        nonce, sealed = wrapped.content[:NONCE], wrapped.content[NONCE:]
        try:
            return AESGCM(kek).decrypt(nonce, sealed, place.encode())
        except (InvalidTag, ValueError):
            raise KeysUnusable(f"the wrapping key {wrapped.kek_id} does not fit") from None

    async def _read(self) -> KeyFile:
        return await asyncio.to_thread(read_key_file, self.path)


def key_file(settings: ServiceSettings) -> FileKeys:
    """The file that the settings name."""
    if settings.keys is None:
        raise KeysUnusable("neither KEYS nor KEY_SERVICE_URL is set")
    return FileKeys(settings.keys)


def new_key_file(name: str = "kek-1") -> bytes:
    """The content of a fresh key file."""
    secret = base64.b64encode(os.urandom(KEY_SIZE)).decode()
    return orjson.dumps({"active": name, "keys": {name: secret}})


def read_key_file(path: Path) -> KeyFile:
    try:
        content = orjson.loads(path.read_bytes())
        keys = {name: base64.b64decode(key, validate=True) for name, key in content["keys"].items()}
        active = str(content["active"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeysUnusable(
            f"{path.name} is not a readable key file ({type(error).__name__})"
        ) from None
    if active not in keys or any(len(key) != KEY_SIZE for key in keys.values()):
        raise KeysUnusable(f"{path.name} needs 32-byte keys and an active one among them")
    return KeyFile(active, keys)
