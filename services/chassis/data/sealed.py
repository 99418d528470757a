"""Columns that only the service can read: sealed with a place, found by a blind index.

A ciphertext is algorithm (1 byte), key id (4), nonce (12), data and tag.  The place it stands in
(``table:row-id:column``) is authenticated, so a ciphertext copied elsewhere does not open (PII-01).
"""

import os
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.chassis.data.ciphers import BLIND, BLIND_KEY_SIZE, NONCE, SEALING, TAG, Seal
from services.chassis.kernel.refusals import Unavailable

HEAD = struct.Struct(">BI")
BODY = HEAD.size + NONCE
BLIND_SIZE = 16  # bytes of a blind index: no collision to expect, half the index


class SealBroken(Exception):
    """A sealed value cannot be opened; the text names the place and never the value."""


class KeyUnknown(SealBroken):
    """Sealed with a key that this process does not have, or does not have yet."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """An unwrapped key of a schema; its secret never leaves the process."""

    id: int
    purpose: str
    algorithm: str
    secret: bytes
    active: bool
    is_coming: bool = False  # announced: known everywhere before it is first used

    def __repr__(self) -> str:
        return f"DataKey({self.id}, {self.purpose}, {self.algorithm})"


class _BlindKey:
    """One blind-index key, with the keys derived from it for each purpose."""

    def __init__(self, key: DataKey) -> None:
        self.id = key.id
        self._secret = key.secret
        self._hash_type = BLIND[key.algorithm].hash_type
        self._digest = BLIND[key.algorithm].digest
        self._derived: dict[str, bytes] = {}

    def index(self, purpose: str) -> Callable[[str], bytes]:
        """Each purpose has a key of its own, so equal values of two purposes look different."""
        key = self._derived.get(purpose)
        if key is None:
            kdf = HKDF(self._hash_type(), BLIND_KEY_SIZE, None, f"blind:{purpose}".encode())
            key = self._derived[purpose] = kdf.derive(self._secret)
        digest = self._digest
        return lambda value: digest(key, value.encode())[:BLIND_SIZE]


class _Keys:
    """What a sealer works with at one moment; replaced as a whole when keys change."""

    def __init__(self, keys: Iterable[DataKey]) -> None:
        self.all = tuple(keys)
        self.pairs: dict[bytes, tuple[Seal, Seal]] = {}
        self.head: bytes | None = None
        blind = [key for key in self.all if key.purpose == "blind"]
        self.blind = tuple(_BlindKey(k) for k in sorted(blind, key=lambda k: not k.active))
        self.is_indexing = any(key.active for key in blind)
        self.coming = any(key.is_coming for key in blind)
        for key in self.all:
            if key.purpose == "seal":
                algorithm = SEALING[key.algorithm]
                head = HEAD.pack(algorithm.mark, key.id)
                self.pairs[head] = algorithm.make(key.secret)
                self.head = head if key.active else self.head


class Sealer:
    """Seals and opens values, and computes blind indexes, with the keys of one schema.

    Without keys every method refuses for the moment (503): the service runs, and is not ready.
    """

    def __init__(self, keys: Iterable[DataKey] = ()) -> None:
        self._now = _Keys(keys)

    def use(self, keys: Iterable[DataKey]) -> None:
        """Go on with these keys; calls under way end with those they began with."""
        self._now = _Keys(keys)

    @property
    def keys(self) -> dict[int, DataKey]:
        return {key.id: key for key in self._now.all}

    @property
    def is_changing_index(self) -> bool:
        """Another blind-index key is announced: see ``key_fence``."""
        return self._now.coming

    @property
    def index_key(self) -> int:
        """The id of the key by which values are indexed."""
        return self._blind_keys()[0].id

    def indexing_by(self, key_id: int) -> "Sealer":
        """The same keys, another of them indexing."""
        if key_id == self.index_key:
            return self
        return Sealer(
            replace(key, active=key.id == key_id) if key.purpose == "blind" else key
            for key in self._now.all
        )

    def seal(self, plaintext: bytes, where: str) -> bytes:
        now = self._now
        head = self._head(now)
        nonce = os.urandom(NONCE)
        return head + nonce + now.pairs[head][0](nonce, plaintext, where.encode())

    def open(self, sealed: bytes, where: str) -> bytes:
        """The plaintext, if it was sealed with a known key for exactly this place."""
        now = self._now
        pair = now.pairs.get(sealed[: HEAD.size])
        if pair is None:
            self._head(now)
            raise KeyUnknown(f"{where} is sealed with a key that this process does not have")
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
        now = self._now
        head, size = self._head(now), NONCE
        encrypt = now.pairs[head][0]
        nonces = os.urandom(size * len(plaintexts))
        starts = range(0, len(nonces), size)
        return [
            head + (nonce := nonces[start : start + size]) + encrypt(nonce, plain, where.encode())
            for start, plain, where in zip(starts, plaintexts, wheres, strict=True)
        ]

    def blind(self, purpose: str, value: str) -> bytes:
        """A keyed hash by which equal values of one purpose are found (PII-02)."""
        return self._blind_keys()[0].index(purpose)(value)

    def blind_many(self, purpose: str, values: Iterable[str]) -> list[bytes]:
        index = self._blind_keys()[0].index(purpose)
        return [index(value) for value in values]

    def blinds(self, purpose: str, value: str) -> tuple[bytes, ...]:
        """Every index the value may stand under while keys change, the one in use first."""
        return tuple(key.index(purpose)(value) for key in self._blind_keys())

    def is_current(self, sealed: bytes) -> bool:
        """Whether a value is sealed with the key in use; the others wait to be sealed anew."""
        return sealed.startswith(self.head)

    @property
    def head(self) -> bytes:
        """What every value begins with that is sealed now."""
        return self._head(self._now)

    def _head(self, now: _Keys) -> bytes:
        if now.head is None:
            raise _unusable()
        return now.head

    def _blind_keys(self) -> tuple[_BlindKey, ...]:
        now = self._now
        if not now.is_indexing:
            raise _unusable()
        return now.blind


def head_of(key: DataKey) -> bytes:
    """What every value begins with that this key has sealed."""
    return HEAD.pack(SEALING[key.algorithm].mark, key.id)


def _unusable() -> Unavailable:
    return Unavailable("数据密钥暂时不可用，系统管理员已收到提示，请稍后再试。", retry_after=5)
