"""Columns that only the service can read: sealed with a place, found by a blind index.

A ciphertext is algorithm (1 byte), key id (4), nonce (12), data and tag.  The place it stands in
(``table:row-id:column``) is authenticated, so a ciphertext copied elsewhere does not open (PII-01).
"""

import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.chassis.data.ciphers import BLIND, BLIND_KEY_SIZE, NONCE, SEALING, TAG, Seal

HEAD = struct.Struct(">BI")
BODY = HEAD.size + NONCE
BLIND_SIZE = 16  # bytes of a blind index: no collision to expect, half the index


class SealBroken(Exception):
    """A sealed value cannot be opened; the text names the place and never the value."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """An unwrapped key of a schema; its secret never leaves the process."""

    id: int
    purpose: str
    algorithm: str
    secret: bytes
    active: bool

    def __repr__(self) -> str:
        return f"DataKey({self.id}, {self.purpose}, {self.algorithm})"


class Sealer:
    """Seals and opens values, and computes blind indexes, with the keys of one schema."""

    def __init__(self, keys: Iterable[DataKey]) -> None:
        self._keys = {key.id: key for key in keys}
        self._pairs: dict[bytes, tuple[Seal, Seal]] = {}
        for key in self._keys.values():
            if key.purpose == "seal":
                algorithm = SEALING[key.algorithm]
                self._pairs[HEAD.pack(algorithm.mark, key.id)] = algorithm.make(key.secret)
        self._derived: dict[str, bytes] = {}

    def seal(self, plaintext: bytes, where: str) -> bytes:
        head = self._head
        nonce = os.urandom(NONCE)
        return head + nonce + self._pairs[head][0](nonce, plaintext, where.encode())

    def open(self, sealed: bytes, where: str) -> bytes:
        """The plaintext, if it was sealed with a known key for exactly this place."""
        pair = self._pairs.get(sealed[: HEAD.size])
        if pair is None:
            raise SealBroken(f"{where} is sealed with a key that this process does not have")
        if len(sealed) < BODY + TAG:
            raise SealBroken(f"{where} is cut short")
        try:
            return pair[1](sealed[HEAD.size : BODY], sealed[BODY:], where.encode())
        except InvalidTag:
            raise SealBroken(f"{where} was altered, or was sealed for another place") from None

    def seal_json(self, value: object, where: str) -> bytes:
        return self.seal(orjson.dumps(value), where)

    def open_json(self, sealed: bytes, where: str) -> object:
        value: object = orjson.loads(self.open(sealed, where))
        return value

    def seal_many(self, plaintexts: Sequence[bytes], wheres: Iterable[str]) -> list[bytes]:
        """Seal a column of many rows; the nonces are drawn in one go."""
        head, size = self._head, NONCE
        encrypt = self._pairs[head][0]
        nonces = os.urandom(size * len(plaintexts))
        starts = range(0, len(nonces), size)
        return [
            head + (nonce := nonces[start : start + size]) + encrypt(nonce, plain, where.encode())
            for start, plain, where in zip(starts, plaintexts, wheres, strict=True)
        ]

    def blind(self, purpose: str, value: str) -> bytes:
        """A keyed hash by which equal values of one purpose are found (PII-02)."""
        digest = BLIND[self._blind_key.algorithm].digest
        return digest(self._key_of(purpose), value.encode())[:BLIND_SIZE]

    def blind_many(self, purpose: str, values: Iterable[str]) -> list[bytes]:
        digest = BLIND[self._blind_key.algorithm].digest
        key = self._key_of(purpose)
        return [digest(key, value.encode())[:BLIND_SIZE] for value in values]

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value is sealed with the key in use; the others wait to be sealed anew."""
        return sealed.startswith(self._head)

    @cached_property
    def _head(self) -> bytes:
        key = self._active("seal")
        return HEAD.pack(SEALING[key.algorithm].mark, key.id)

    @cached_property
    def _blind_key(self) -> DataKey:
        return self._active("blind")

    def _active(self, purpose: str) -> DataKey:
        for key in self._keys.values():
            if key.purpose == purpose and key.active:
                return key
        raise SealBroken(f"there is no active key to {purpose} with")

    def _key_of(self, purpose: str) -> bytes:
        """Each purpose has a key of its own, so equal values of two purposes look different."""
        derived = self._derived.get(purpose)
        if derived is None:
            hash_type = BLIND[self._blind_key.algorithm].hash_type
            kdf = HKDF(hash_type(), BLIND_KEY_SIZE, None, f"blind:{purpose}".encode())
            derived = self._derived[purpose] = kdf.derive(self._blind_key.secret)
        return derived
