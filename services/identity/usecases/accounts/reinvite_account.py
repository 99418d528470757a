"""An administrator hands out a new activation code: lost authenticator or forgotten password."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.domain.account import LIFECYCLE, Action, State
from services.identity.domain.policy import Policy
from services.identity.domain.refusals import refuse_own
from services.identity.domain.roles import OVERSIGHT
from services.identity.domain.secrets import activation_fingerprint, new_activation_code
from services.identity.store import accounts, grants, sessions
from services.identity.usecases.accounts.create_account import Invited


async def reinvite_account(actor: Actor, tx: Tx, policy: Policy, account_id: UUID) -> Invited:
    """The old password and second factor are gone at once, and so are all sessions.

    Roles that oversee go too, and are granted anew by the security officer: whoever hands out
    the code could use it, and must not become auditor or security officer that way.
    """
    refuse_own(actor, account_id)
    account = await accounts.lock(actor, tx, account_id)
    before = account.state
    account.state = LIFECYCLE.after(State(before), Action.REINVITE, actor.roles)
    code = new_activation_code()
    account.activation_hash = activation_fingerprint(code)
    account.activation_expires_at = tx.now + policy.activation
    account.password_hash = account.password_set_at = None
    account.totp_sealed = account.totp_step = None
    account.version += 1
    ended = await grants.end_all_of(tx, account.id, OVERSIGHT)
    await tx.record(
        "account.reinvited", "account", account.id,
        before=before, after=account.state, grants_ended=ended,
    )  # fmt: skip
    await tx.session.flush()
    await sessions.end_all_of(tx, account.id, "account reinvited")
    return Invited(account.id, code)
