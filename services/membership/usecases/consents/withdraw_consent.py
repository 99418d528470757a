"""A consent is taken back as easily as it was given; what the law keeps is kept (S-03)."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.lifecycle import WrongState
from services.membership.domain.application import Channel
from services.membership.store import consents
from services.membership.store.tables import Consent


async def withdraw_consent(
    actor: Actor, tx: Tx, consent_id: UUID, own_phone: bytes | None = None
) -> Consent:
    consent = await consents.lock(actor, tx, consent_id, own_phone)
    actor.require(Role.WORKER, Role.CLERK)
    if consent.withdrawn_at is not None:
        raise WrongState("这项同意已经撤回，不需要再次办理。", state="withdrawn", action="withdraw")
    consent.withdrawn_at = tx.now
    consent.withdrawn_by = actor.id
    online = actor.kind is Kind.WORKER
    consent.withdrawn_channel = Channel.ONLINE if online else Channel.COUNTER
    await tx.record(
        "consent.withdrawn",
        "consent",
        consent.id,
        before="given",
        after="withdrawn",
        rule="S-03",
        purpose=consent.purpose,
    )
    return consent
