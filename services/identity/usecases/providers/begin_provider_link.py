"""Somebody of the staff, logged in, proves afresh who they are and leaves to link their account."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.domain.refusals import LogInRefused
from services.identity.usecases.providers.begin_provider_attempt import (
    Leaving,
    begin_provider_attempt,
)
from services.identity.usecases.sessions.check_password import Proof
from services.identity.usecases.sessions.prove_staff import prove_staff


async def begin_provider_link(actor: Actor, tx: Tx, proof: Proof) -> Leaving:
    """Present password and one-time code: an unlocked screen links nothing (trust A4)."""
    account = await prove_staff(tx, proof)
    if account.id != actor.id:
        raise LogInRefused
    await tx.record("staff.provider-link-begun", "account", account.id)
    return await begin_provider_attempt(tx, account.id)
