"""An administrator unlocks an account that failed log-ins have locked."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.identity.domain.refusals import refuse_own
from services.identity.store import accounts, attempts


async def unlock_account(actor: Actor, tx: Tx, account_id: UUID, version: int) -> None:
    """Unlocking what is not locked changes nothing, and is audited all the same (AUTH-02)."""
    actor.require(Role.ADMINISTRATOR)
    refuse_own(actor, account_id)
    account = await accounts.lock(actor, tx, account_id, version)
    await attempts.forget(tx, attempts.keys_of(tx.sealer, account.account))
    await tx.record("account.unlocked", "account", account.id)
