"""Somebody comes back from the provider; whatever happens then, this way back is used up."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.tx import Store
from services.chassis.kernel.actors import SYSTEM
from services.identity.domain.provider_refusals import ProviderRefused
from services.identity.domain.secrets import fingerprint, is_same
from services.identity.store import provider_links


@dataclass(frozen=True, slots=True)
class Returned:
    """What the provider's answer is checked with."""

    attempt_id: UUID
    nonce: str
    verifier: str


async def take_provider_answer(store: Store, secret: str, state: str) -> Returned:
    """Committed before the provider is asked, so that nothing is tried twice."""
    async with store.begin(SYSTEM) as tx:
        attempt = await provider_links.lock_attempt(tx, secret)
        if attempt is None or attempt.answered_at is not None:
            raise ProviderRefused
        if not is_same(attempt.state_hash, fingerprint(state)):
            raise ProviderRefused
        attempt.answered_at = tx.now
        place = provider_links.verifier_place(attempt.id)
        verifier = tx.sealer.open(attempt.verifier_sealed, place).decode()
        return Returned(attempt.id, attempt.nonce, verifier)
