"""A link between an account and the provider ends, by its owner or by an administrator."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.refusals import Forbidden
from services.identity.store import accounts, provider_links
from services.identity.store.tables import StaffAccount


async def unlink_provider(
    actor: Actor, tx: Tx, account_id: UUID, version: int | None = None
) -> None:
    """Ending a link that is not there ends nothing."""
    if account_id == actor.id:
        account = await tx.session.get(StaffAccount, account_id, with_for_update=True)
        if account is None:
            raise Forbidden("只有工作人员的账号可以关联统一身份认证。")
    else:
        actor.require(Role.ADMINISTRATOR)
        account = await accounts.lock(actor, tx, account_id, version)
    if await provider_links.drop(tx, account.id):
        account.version += 1
        await tx.record("account.provider-unlinked", "account", account.id)
