"""A consent is taken back as easily as it was given; what the law keeps is kept (S-03)."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import SYSTEM, Actor, Kind, Role
from services.chassis.kernel.lifecycle import WrongState
from services.membership.domain.application import OPEN, Channel
from services.membership.store import applications, consents
from services.membership.store.tables import Application, Consent
from services.membership.usecases.applications.take_back import take_back

STOPPED = "申请人撤回了办理入会必须的同意，申请停止办理。"


async def withdraw_consent(
    actor: Actor, tx: Tx, consent_id: UUID, own_phone: tuple[bytes, ...] = ()
) -> Consent:
    """Without a consent that joining needs, an application that is not decided ends too."""
    application = await _application(actor, tx, consent_id, own_phone)
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
    if application is not None and application.state in OPEN:
        await take_back(actor, tx, application, STOPPED)
    return consent


async def _application(
    actor: Actor, tx: Tx, consent_id: UUID, own_phone: tuple[bytes, ...]
) -> Application | None:
    """What was asked for on this consent, locked before it, as everybody else locks them.

    Who may see the consent ends its application with it, even a draft they are not shown.
    """
    application_id = await consents.needed_by(actor, tx, consent_id, own_phone)
    return await applications.lock(SYSTEM, tx, application_id) if application_id else None
