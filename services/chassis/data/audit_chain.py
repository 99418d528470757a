"""How audit rows become hashes: pure, so that an outsider can compute the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

BEGINNING = bytes(32)  # what the first seal carries as the hash before it


@dataclass(frozen=True, slots=True)
class Seal:
    """One sealed batch: every row whose ``xid`` lies in its span."""

    seq: int
    first_xid: int
    last_xid: int
    rows: int
    digest: bytes
    previous: bytes
    sealed_at: datetime

    @property
    def hash(self) -> bytes:
        return sha256(
            canonical(
                {
                    "seq": self.seq,
                    "first_xid": self.first_xid,
                    "last_xid": self.last_xid,
                    "rows": self.rows,
                    "digest": self.digest.hex(),
                    "previous": self.previous.hex(),
                    "sealed_at": self.sealed_at,
                }
            )
        ).digest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seal noted outside the database; whatever is cut off afterwards shows against it."""

    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"


def parse_anchor(written: str) -> Anchor:
    """The anchor as ``str`` wrote it; raises ValueError."""
    seq, _, digest = written.strip().partition(":")
    if len(digest) != 64:
        raise ValueError("an anchor is a number, a colon and 64 hexadecimal digits")
    return Anchor(int(seq), bytes.fromhex(digest))


class BatchDigest:
    """The digest of rows in their order; memory does not grow with the batch."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = sha256()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._hash.update(sha256(canonical(row)).digest())
            self.rows += 1

    def value(self) -> bytes:
        return self._hash.digest()


def canonical(row: Mapping[str, Any]) -> bytes:
    """Sorted JSON without empty members, so that a column added later leaves old hashes alone."""
    present = {str(name): _utc(value) for name, value in row.items() if value is not None}
    return orjson.dumps(present, default=str, option=orjson.OPT_SORT_KEYS)


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
