"""The keys of a schema: made at the first start, wrapped by a key kept outside the database.

The key file holds ``{"active": "kek-1", "keys": {"kek-1": "<base64 of 32 bytes>"}}``.  To change
the wrapping key, add one to every process's file, restart, then make it active and restart again:
a start re-wraps what another key wrapped, and what the columns hold stays as it is (PII-03).
"""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import RowMapping, Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.chassis.data.ciphers import BLIND_KEY_SIZE, NONCE, SEALING
from services.chassis.data.sealed import DataKey, Sealer

KEY_SIZE = 32
ALGORITHMS = {"seal": "aes-256-gcm", "blind": "hmac-sha256"}


class KeysUnusable(Exception):
    """The key file and the database do not fit together; the text holds no key."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The wrapping keys an operator keeps; only the active one wraps."""

    active: str
    keys: dict[str, bytes]

    def __repr__(self) -> str:
        return f"KeyFile(active={self.active!r}, keys={sorted(self.keys)})"


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
        raise KeysUnusable(f"{path} is not a readable key file ({type(error).__name__})") from None
    if active not in keys or any(len(key) != KEY_SIZE for key in keys.values()):
        raise KeysUnusable(f"{path} needs 32-byte keys and an active one among them")
    return KeyFile(active, keys)


async def load_sealer(
    engine: AsyncEngine,
    data_keys: Table,
    key_file: Path,
    algorithms: dict[str, str] = ALGORITHMS,
) -> Sealer:
    """Unwrap the keys of a schema, making them at the first start."""
    file = read_key_file(key_file)
    async with engine.begin() as connection:
        # One process at a time, so that ten starting together make one pair of keys.
        name = f"{data_keys.schema}:data_keys"
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
        rows = await _rows(connection, data_keys)
        missing = {
            purpose: algorithm
            for purpose, algorithm in algorithms.items()
            if not any(row["purpose"] == purpose and row["active"] for row in rows)
        }
        for purpose, algorithm in missing.items():
            await _create(connection, data_keys, file, purpose, algorithm)
        if missing:
            rows = await _rows(connection, data_keys)
        keys = [_unwrap(data_keys, file, row) for row in rows]
        for row, key in zip(rows, keys, strict=True):
            if row["kek_id"] != file.active:
                await _rewrap(connection, data_keys, file, key)
    return Sealer(keys)


async def _rows(connection: AsyncConnection, table: Table) -> list[RowMapping]:
    return list((await connection.execute(select(table).order_by(table.c.id))).mappings())


async def _create(
    connection: AsyncConnection, table: Table, file: KeyFile, purpose: str, algorithm: str
) -> None:
    size = SEALING[algorithm].key_size if purpose == "seal" else BLIND_KEY_SIZE
    secret = os.urandom(size)
    row = {
        "purpose": purpose,
        "algorithm": algorithm,
        "active": True,
        **_wrapped(table, file, purpose, algorithm, secret),
    }
    await connection.execute(insert(table).values(row))


async def _rewrap(connection: AsyncConnection, table: Table, file: KeyFile, key: DataKey) -> None:
    wrapped = _wrapped(table, file, key.purpose, key.algorithm, key.secret)
    await connection.execute(update(table).where(table.c.id == key.id).values(wrapped))


def _wrapped(
    table: Table, file: KeyFile, purpose: str, algorithm: str, secret: bytes
) -> dict[str, Any]:
    nonce = os.urandom(NONCE)
    place = _place(table, purpose, algorithm)
    sealed = AESGCM(file.keys[file.active]).encrypt(nonce, secret, place)
    return {"kek_id": file.active, "wrapped": nonce + sealed}


def _unwrap(table: Table, file: KeyFile, row: RowMapping) -> DataKey:
    kek = file.keys.get(row["kek_id"])
    if kek is None:
        raise KeysUnusable(f"data key {row['id']} is wrapped by {row['kek_id']}, which is missing")
    place = _place(table, row["purpose"], row["algorithm"])
    try:
        secret = AESGCM(kek).decrypt(row["wrapped"][:NONCE], row["wrapped"][NONCE:], place)
    except InvalidTag:
        raise KeysUnusable(f"{row['kek_id']} does not open data key {row['id']}") from None
    return DataKey(row["id"], row["purpose"], row["algorithm"], secret, row["active"])


def _place(table: Table, purpose: str, algorithm: str) -> bytes:
    return f"{table.schema}:data_keys:{purpose}:{algorithm}".encode()
