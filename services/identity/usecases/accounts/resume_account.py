"""An administrator lets a suspended account be used again."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.domain.account import LIFECYCLE, Action, State
from services.identity.domain.refusals import refuse_own
from services.identity.store import accounts


async def resume_account(actor: Actor, tx: Tx, account_id: UUID, version: int) -> None:
    """Password, second factor and grants are as they were."""
    refuse_own(actor, account_id)
    account = await accounts.lock(actor, tx, account_id, version)
    before = account.state
    account.state = LIFECYCLE.after(State(before), Action.RESUME, actor.roles)
    account.version += 1
    await tx.record("account.resumed", "account", account.id, before=before, after=account.state)
