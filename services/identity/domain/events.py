"""What identity tells the other services; topics and field names are public API."""

from dataclasses import dataclass
from typing import ClassVar

from services.chassis.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSuspended(Event):
    """A client was suspended, and is told nothing more; no client can ask to hear this."""

    topic: ClassVar[str] = "identity.client.suspended"


# Which other parts hear which fact.
TELLS: dict[str, tuple[str, ...]] = {ClientSuspended.topic: ("membership",)}
