"""Before anything is hashed, an activation code must fit its account."""

from typing import Any

from services.chassis.data.read import Read
from services.identity.domain.account import State, account_name
from services.identity.domain.refusals import ActivationRefused
from services.identity.domain.secrets import activation_fingerprint, is_same
from services.identity.store import accounts


async def check_activation(read: Read, account: str, code: str) -> Any:
    """The account as it stands; every reason to refuse looks the same."""
    found = await accounts.named(read, account_name(account) or "")
    await read.close()
    stored = found.activation_hash if found and found.state == State.INVITED else None
    fits = is_same(stored, activation_fingerprint(code))
    if found is None or not fits or found.activation_expires_at <= read.now:
        raise ActivationRefused
    return found
