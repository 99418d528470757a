"""The holder of an activation code sets a password and confirms the second factor."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Role
from services.chassis.kernel.refusals import FieldError, Unprocessable
from services.identity.domain.account import LIFECYCLE, Action, State
from services.identity.domain.second_factor import accepted_step
from services.identity.store import accounts
from services.identity.store.tables import StaffAccount, Union
from services.identity.usecases.accounts.lock_invited import lock_invited


async def activate_account(
    tx: Tx, account: str, code: str, password_hash: str, totp_code: str
) -> None:
    """The activation code is used up, and so is the one-time code that confirmed (AUTH-03)."""
    invited = await lock_invited(tx, account, code)
    step = _confirmed_step(tx, invited, totp_code)
    before = invited.state
    invited.state = LIFECYCLE.after(State(before), Action.ACTIVATE, {Role.SYSTEM})
    invited.activation_hash = invited.activation_expires_at = None
    invited.password_hash = password_hash
    invited.password_set_at = tx.now
    invited.totp_step = step
    invited.version += 1
    union = await tx.session.get(Union, invited.union_id)
    where = union.path if union else ""
    await tx.record(
        "account.activated", "account", invited.id,
        union_path=where, before=before, after=invited.state,
    )  # fmt: skip


def _confirmed_step(tx: Tx, invited: StaffAccount, totp_code: str) -> int:
    step = None
    if invited.totp_sealed is not None:
        secret = tx.sealer.open(invited.totp_sealed, accounts.totp_place(invited.id)).decode()
        step = accepted_step(secret, totp_code, tx.now, None)
    if step is None:
        message = "动态码不正确，请确认已用身份验证器扫码，并核对手机时间。"
        raise Unprocessable("动态码没有通过。", [FieldError("/totp_code", "totp-code", message)])
    return step
