"""Somebody is about to leave for the provider, to log in or to link their account."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.identity.domain.provider import ATTEMPT_LIFE
from services.identity.domain.secrets import fingerprint, new_secret
from services.identity.store.provider_links import verifier_place
from services.identity.store.provider_tables import ProviderAttempt


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the browser keeps (``secret``), and what goes to the provider with it."""

    secret: str
    state: str
    nonce: str
    verifier: str


async def begin_provider_attempt(tx: Tx, linking_id: UUID | None = None) -> Leaving:
    """The secret binds the way back to this browser, so that nobody is logged in as another."""
    leaving = Leaving(new_secret(), new_secret(), new_secret(), new_secret())
    attempt_id = new_id()
    expires_at = tx.now + ATTEMPT_LIFE
    tx.session.add(
        ProviderAttempt(
            id=attempt_id,
            secret_hash=fingerprint(leaving.secret),
            state_hash=fingerprint(leaving.state),
            nonce=leaving.nonce,
            verifier_sealed=tx.sealer.seal(leaving.verifier.encode(), verifier_place(attempt_id)),
            linking_id=linking_id,
            expires_at=expires_at,
        )
    )
    await tx.remind("provider-attempt-outdated", attempt_id, expires_at)
    return leaving
