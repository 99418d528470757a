"""Minutes after somebody left for the provider, nothing is left of the attempt."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.store import provider_links


async def on_provider_attempt_outdated(tx: Tx, attempt_id: UUID) -> None:
    """Whoever comes back later begins anew."""
    await provider_links.forget_attempt(tx, attempt_id)
