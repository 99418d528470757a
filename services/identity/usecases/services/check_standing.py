"""Before long work begins, a service asks whether the person who wanted it still may."""

from uuid import UUID

from sqlalchemy import select

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Role
from services.identity.domain.account import State
from services.identity.domain.standing import is_valid
from services.identity.store import grants
from services.identity.store.tables import StaffAccount


async def check_standing(read: Read, account_id: UUID, union_path: str) -> frozenset[Role]:
    """The roles that reach the union today; none for an account that is not active."""
    state = select(StaffAccount.state).where(StaffAccount.id == account_id)
    account = await read.first(state)
    if account is None or account.state != State.ACTIVE:
        return frozenset()
    held = await grants.held_by(read, account_id)
    return frozenset(
        grant.role
        for grant in held
        if is_valid(grant.expires_on, read.today) and union_path.startswith(grant.path)
    )
