"""What keeps the keys of a schema: something outside the database that wraps and unwraps them."""

from dataclasses import dataclass
from typing import Protocol


class KeysUnusable(Exception):
    """The wrapping keys and the database do not fit together; the text holds no key."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key that only the wrapping key ``kek_id`` opens."""

    kek_id: str
    content: bytes


class KeyService(Protocol):
    """A file of keys or a key service 密钥服务; ``place`` is authenticated with what is wrapped.

    Every method raises KeysUnusable when it cannot do its work, whatever the reason.
    """

    async def current(self) -> str:
        """The id of the key that wraps now."""

    async def wrap(self, secret: bytes, place: str) -> Wrapped: ...

    async def unwrap(self, wrapped: Wrapped, place: str) -> bytes: ...
