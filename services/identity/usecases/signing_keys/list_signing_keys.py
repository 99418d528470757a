"""Somebody who looks after the platform, or a verifier, sees the signing keys and their states."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.data.read import Reader
from services.identity.domain.signing_keys import Rotation, State, state_of
from services.identity.store import signing_keys


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key without its private half."""

    id: UUID
    state: State
    signs_from: datetime
    public: dict[str, Any]


async def list_signing_keys(reader: Reader, rotation: Rotation) -> list[KnownKey]:
    """The oldest first."""
    keys = await signing_keys.every(reader)
    return [
        KnownKey(key.id, state_of(key, keys, reader.now, rotation), key.signs_from, key.public)
        for key in keys
    ]
