"""Somebody of the staff logs in with account, password and one-time code in one step."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Kind
from services.identity.domain.policy import Policy
from services.identity.domain.refusals import PasswordExpired
from services.identity.store.tables import StaffAccount, Union
from services.identity.usecases.sessions.check_password import Proof
from services.identity.usecases.sessions.open_session import Opened, open_session
from services.identity.usecases.sessions.prove_staff import prove_staff
from services.identity.usecases.sessions.sign_access import Issuer


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The account and its new session."""

    account: StaffAccount
    opened: Opened


async def log_in_staff(tx: Tx, issuer: Issuer, proof: Proof) -> LoggedIn:
    """A password that is too old is only told to somebody who knows it and the code."""
    account = await prove_staff(tx, proof)
    _refuse_old(issuer.policy, account.password_set_at, tx.now)
    await tx.session.flush()
    auth = "password+totp"
    opened = await open_session(tx, issuer, Kind.STAFF, account.id, auth, account.last_union_id)
    union = await tx.session.get(Union, account.union_id)
    where = union.path if union else ""
    await tx.record("staff.log-in", "account", account.id, union_path=where, session=opened.id)
    return LoggedIn(account, opened)


def _refuse_old(policy: Policy, set_at: datetime | None, now: datetime) -> None:
    age = policy.password_age
    if age is not None and (set_at is None or now - set_at > age):
        raise PasswordExpired(age.days)
