"""An application is withdrawn, and the consents given with it end (S-03)."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Kind
from services.membership.domain.application import LIFECYCLE, Action, Channel, State
from services.membership.domain.policies import roles_of
from services.membership.store import application_steps, consents
from services.membership.store.tables import Application


async def take_back(actor: Actor, tx: Tx, application: Application, reason: str) -> None:
    """For an application that is locked already, and that the caller may take back."""
    before = State(application.state)
    application.state = LIFECYCLE.after(before, Action.WITHDRAW, roles_of(actor))
    application.reason = reason
    application.updated_at = tx.now
    application.version += 1
    channel = Channel.ONLINE if actor.kind is Kind.WORKER else Channel.COUNTER
    ended = await consents.end_with(tx, [application.id], channel)
    await tx.forget("review", application.id)
    await application_steps.note(tx, application, Action.WITHDRAW, before, reason=reason)
    for consent in ended:
        await tx.record(
            "consent.withdrawn",
            "consent",
            consent.id,
            union_path=application.union_path,
            before="given",
            after="withdrawn",
            rule="S-03",
            purpose=consent.purpose,
        )
