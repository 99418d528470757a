"""The holder of an activation code gets the secret for their authenticator app."""

from dataclasses import dataclass

from services.chassis.data.tx import Tx
from services.identity.domain.second_factor import new_totp_secret, provisioning_uri
from services.identity.store import accounts
from services.identity.usecases.accounts.lock_invited import lock_invited


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Shown once, as text and as what a QR code holds."""

    secret: str
    otpauth_uri: str


async def begin_activation(tx: Tx, account: str, code: str) -> SecondFactor:
    """Asking again makes a new secret; the last one counts."""
    invited = await lock_invited(tx, account, code)
    secret = new_totp_secret()
    invited.totp_sealed = tx.sealer.seal(secret.encode(), accounts.totp_place(invited.id))
    await tx.record("account.second-factor-issued", "account", invited.id)
    return SecondFactor(secret, provisioning_uri(secret, invited.account))
