"""Somebody of the staff proves who they are with password and one-time code, both at once."""

from functools import partial

from services.chassis.data.tx import Tx
from services.identity.domain.account import State
from services.identity.domain.refusals import LogInRefused
from services.identity.domain.second_factor import accepted_step
from services.identity.store import accounts, attempts
from services.identity.store.tables import StaffAccount, Union
from services.identity.usecases.sessions.check_password import Proof

NOBODYS_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 -- works for nobody, costs the same


async def prove_staff(tx: Tx, proof: Proof) -> StaffAccount:
    """The account, held; every reason to refuse looks the same from outside (AUTH-02, AUTH-03)."""
    key = attempts.key_of(tx.sealer, proof.account)
    remembered = await attempts.lock(tx, key)
    account = await accounts.lock_named(tx, proof.account)
    step = _accepted_step(tx, account, proof.code)
    fault = _fault(account, proof, step)
    if remembered.is_locked(tx.now):
        fault = "locked"
    if account is None or fault:
        tx.outlive(partial(_count, key=key, account=account and account.id, reason=fault))
        raise LogInRefused
    account.totp_step = step
    account.password_hash = proof.rehashed or account.password_hash
    await attempts.forget(tx, key)
    return account


def _accepted_step(tx: Tx, account: StaffAccount | None, code: str) -> int | None:
    secret, last = NOBODYS_SECRET, None
    if account is not None and account.totp_sealed is not None:
        secret = tx.sealer.open(account.totp_sealed, accounts.totp_place(account.id)).decode()
        last = account.totp_step
    return accepted_step(secret, code, tx.now, last)


def _fault(account: StaffAccount | None, proof: Proof, step: int | None) -> str:
    if account is None:
        return "unknown"
    if account.state != State.ACTIVE or account.totp_sealed is None:
        return "state"
    if not proof.is_right or proof.hashed != account.password_hash:
        return "password"
    return "" if step is not None else "second-factor"


async def _count(tx: Tx, *, key: bytes, account: object, reason: str) -> None:
    before, after = await attempts.count_failure(tx, key)
    subject = await tx.session.get(StaffAccount, account) if account else None
    union = await tx.session.get(Union, subject.union_id) if subject else None
    where = union.path if union else ""
    subject_id = subject.id if subject else None
    await tx.record(
        "staff.log-in", "account", subject_id, union_path=where, outcome="refused", reason=reason
    )
    if after.locks > before.locks and subject_id is not None:
        await tx.record(
            "account.locked", "account", subject_id, union_path=where, until=after.locked_until
        )
