"""An administrator suspends a staff account; nobody is logged in with it any longer."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.domain.account import LIFECYCLE, Action, State
from services.identity.domain.refusals import refuse_own
from services.identity.store import accounts, sessions


async def suspend_account(
    actor: Actor, tx: Tx, account_id: UUID, version: int, reason: str
) -> None:
    """Its sessions are dead within a second (AUTH-06)."""
    refuse_own(actor, account_id)
    account = await accounts.lock(actor, tx, account_id, version)
    before = account.state
    account.state = LIFECYCLE.after(State(before), Action.SUSPEND, actor.roles)
    account.version += 1
    await tx.record(
        "account.suspended", "account", account.id,
        before=before, after=account.state, reason=reason,
    )  # fmt: skip
    await tx.session.flush()
    await sessions.end_all_of(tx, account.id, "account suspended")
