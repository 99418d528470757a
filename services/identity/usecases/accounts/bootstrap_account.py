"""Whoever installs the platform creates its first administrator, security officer or auditor."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import SYSTEM, Role
from services.chassis.kernel.refusals import Conflict
from services.identity.domain.policy import Policy
from services.identity.store import grants
from services.identity.usecases.accounts.create_account import (
    Invited,
    NewAccount,
    create_account,
)
from services.identity.usecases.grants.grant_role import NewGrant, grant_role


async def bootstrap_account(tx: Tx, policy: Policy, new: NewAccount, role: Role) -> Invited:
    """Only the first of each role; those who follow are made and granted by people."""
    if await grants.is_held(tx, role):
        raise Conflict("已经有人担任这个角色，请由他们在系统内办理。")
    invited = await create_account(SYSTEM, tx, policy, new)
    await grant_role(SYSTEM, tx, invited.account_id, NewGrant(role, new.union_id, None))
    return invited
