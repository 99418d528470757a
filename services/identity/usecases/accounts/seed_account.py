"""A demonstration machine gets people who can log in at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import SYSTEM, Role
from services.identity.domain.account import State
from services.identity.domain.policy import Policy
from services.identity.store import accounts, unions
from services.identity.usecases.accounts.create_account import NewAccount, create_account
from services.identity.usecases.grants.grant_role import NewGrant, grant_role


@dataclass(frozen=True, slots=True)
class SeedGrant:
    """A role, and the union where it is granted as membership knows it."""

    union_id: UUID
    union_path: str
    union_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class SeedAccount:
    """A person of the demonstration; the password is hashed already."""

    account: str
    name: str
    phone: str
    password_hash: str
    totp_secret: str
    grants: Sequence[SeedGrant]


async def seed_account(tx: Tx, policy: Policy, seed: SeedAccount) -> bool:
    """Somebody who is there already stays as they are; says whether they are new."""
    if await accounts.lock_named(tx, seed.account) is not None:
        return False
    for grant in seed.grants:
        await unions.put(tx, grant.union_id, grant.union_path, grant.union_name)
    new = NewAccount(seed.account, seed.name, seed.phone, seed.grants[0].union_id)
    made = await create_account(SYSTEM, tx, policy, new)
    account = await accounts.lock(SYSTEM, tx, made.account_id)
    account.is_demonstration = True
    account.state = State.ACTIVE
    account.activation_hash = account.activation_expires_at = None
    account.password_hash, account.password_set_at = seed.password_hash, tx.now
    place = accounts.totp_place(account.id)
    account.totp_sealed = tx.sealer.seal(seed.totp_secret.encode(), place)
    await tx.session.flush()
    for grant in seed.grants:
        await grant_role(SYSTEM, tx, account.id, NewGrant(grant.role, grant.union_id, None))
    return True
