"""An account is held for whoever has its activation code."""

from services.chassis.data.tx import Tx
from services.identity.domain.account import State, account_name
from services.identity.domain.refusals import ActivationRefused
from services.identity.domain.secrets import activation_fingerprint, is_same
from services.identity.store import accounts
from services.identity.store.tables import StaffAccount


async def lock_invited(tx: Tx, account: str, code: str) -> StaffAccount:
    """Every reason to refuse looks the same; a code of a hundred bits is not guessed."""
    found = await accounts.lock_named(tx, account_name(account) or "")
    stored = found.activation_hash if found and found.state == State.INVITED else None
    fits = is_same(stored, activation_fingerprint(code))
    until = found.activation_expires_at if found else None
    if found is None or not fits or until is None or until <= tx.now:
        raise ActivationRefused
    return found
