"""Somebody of the staff proves who they are with password and one-time code, both at once."""

from functools import partial

from services.chassis.data.tx import Tx
from services.identity.domain.account import State
from services.identity.domain.refusals import LogInRefused
from services.identity.store import accounts, attempts
from services.identity.store.tables import StaffAccount
from services.identity.usecases.sessions.accept_code import accept_code
from services.identity.usecases.sessions.check_password import Proof
from services.identity.usecases.sessions.count_failed_log_in import count_failed_log_in


async def prove_staff(tx: Tx, proof: Proof) -> StaffAccount:
    """The account, held; every reason to refuse looks the same from outside (AUTH-02, AUTH-03)."""
    keys = attempts.keys_of(tx.sealer, proof.account)
    remembered = await attempts.lock(tx, keys)
    account = await accounts.lock_named(tx, proof.account)
    step = accept_code(tx, account, proof.code)
    fault = _fault(account, proof, step)
    if remembered.is_locked(tx.now):
        fault = "locked"
    if account is None or fault:
        account_id = account.id if account else None
        tx.outlive(partial(count_failed_log_in, keys=keys, account_id=account_id, reason=fault))
        raise LogInRefused
    account.totp_step = step
    account.password_hash = proof.rehashed or account.password_hash
    await attempts.forget(tx, keys)
    return account


def _fault(account: StaffAccount | None, proof: Proof, step: int | None) -> str:
    if account is None:
        return "unknown"
    if account.state != State.ACTIVE or account.totp_sealed is None:
        return "state"
    if not proof.is_right or proof.hashed != account.password_hash:
        return "password"
    return "" if step is not None else "second-factor"
