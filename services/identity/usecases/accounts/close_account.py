"""An administrator closes a staff account for good: the person has left."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.domain.account import LIFECYCLE, Action, State
from services.identity.domain.refusals import refuse_own
from services.identity.store import accounts, grants, sessions


async def close_account(actor: Actor, tx: Tx, account_id: UUID, version: int, reason: str) -> None:
    """What the person did stays; what could be used to log in goes, and every grant ends."""
    refuse_own(actor, account_id)
    account = await accounts.lock(actor, tx, account_id, version)
    before = account.state
    account.state = LIFECYCLE.after(State(before), Action.CLOSE, actor.roles)
    account.activation_hash = account.password_hash = account.totp_sealed = None
    account.version += 1
    ended = await grants.end_all_of(tx, account.id)
    await tx.record(
        "account.closed", "account", account.id,
        before=before, after=account.state, reason=reason, grants_ended=ended,
    )  # fmt: skip
    await tx.session.flush()
    await sessions.end_all_of(tx, account.id, "account closed")
