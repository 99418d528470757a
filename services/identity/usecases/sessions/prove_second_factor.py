"""Somebody whom a provider vouched for types their own one-time code."""

from functools import partial

from services.chassis.data.tx import Tx
from services.identity.domain.refusals import LogInRefused
from services.identity.store import attempts
from services.identity.store.tables import StaffAccount
from services.identity.usecases.sessions.accept_code import accept_code
from services.identity.usecases.sessions.count_failed_log_in import count_failed_log_in


async def prove_second_factor(tx: Tx, account: StaffAccount, code: str) -> None:
    """Guessing is counted together with that at the password log-in."""
    keys = attempts.keys_of(tx.sealer, account.account)
    remembered = await attempts.lock(tx, keys)
    step = accept_code(tx, account, code)
    fault = "" if step is not None else "second-factor"
    if remembered.is_locked(tx.now):
        fault = "locked"
    if fault:
        tx.outlive(partial(count_failed_log_in, keys=keys, account_id=account.id, reason=fault))
        raise LogInRefused
    account.totp_step = step
    await attempts.forget(tx, keys)
