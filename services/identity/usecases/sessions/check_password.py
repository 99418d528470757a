"""Before a transaction is opened, somebody's password is checked, with the same work for all."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.read import Read
from services.identity.domain.account import account_name
from services.identity.domain.passwords import normalised
from services.identity.store import accounts
from services.identity.store.password_hashes import PasswordHashes


@dataclass(frozen=True, slots=True)
class Proof:
    """What was typed, and whether the password matched the hash that stood there."""

    account: str
    code: str
    account_id: UUID | None
    is_right: bool
    hashed: str | None
    rehashed: str | None = None


async def check_password(
    read: Read, hashes: PasswordHashes, account: str, password: str, code: str
) -> Proof:
    """The log-in itself compares the hash again, in case it changed meanwhile."""
    name = account_name(account) or account
    found = await accounts.named(read, name)
    # The connection goes back before the slow part.
    await read.close()
    hashed = found.password_hash if found else None
    plain = normalised(password)
    is_right = await hashes.is_right(hashed, plain)
    renew = is_right and hashed is not None and hashes.is_outgrown(hashed)
    rehashed = await hashes.make(plain) if renew else None
    return Proof(name, code, found.id if found else None, is_right, hashed, rehashed)
