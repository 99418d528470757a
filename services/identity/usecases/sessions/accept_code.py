"""A one-time code is compared, with the same work whether or not there is such an account."""

from services.chassis.data.tx import Tx
from services.identity.domain.second_factor import accepted_step
from services.identity.store import accounts
from services.identity.store.tables import StaffAccount

NOBODYS_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 -- works for nobody, costs the same


def accept_code(tx: Tx, account: StaffAccount | None, code: str) -> int | None:
    """The time step that the code proves; each step is good once (AUTH-03)."""
    secret, last = NOBODYS_SECRET, None
    if account is not None and account.totp_sealed is not None:
        secret = tx.sealer.open(account.totp_sealed, accounts.totp_place(account.id)).decode()
        last = account.totp_step
    return accepted_step(secret, code, tx.now, last)
