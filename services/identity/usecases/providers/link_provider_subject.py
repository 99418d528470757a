"""An administrator enters which subject of the provider somebody of the staff is."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.identity.domain.provider import Identified
from services.identity.domain.provider_refusals import SubjectTaken
from services.identity.domain.refusals import refuse_own
from services.identity.store import accounts, provider_links


async def link_provider_subject(
    actor: Actor, tx: Tx, account_id: UUID, version: int, who: Identified
) -> None:
    """The subject comes from the provider's administrators, never from a name or a phone."""
    actor.require(Role.ADMINISTRATOR)
    refuse_own(actor, account_id)
    account = await accounts.lock(actor, tx, account_id, version)
    if not await provider_links.put(tx, account.id, who, "administrator"):
        raise SubjectTaken
    account.version += 1
    await tx.record("account.provider-linked", "account", account.id)
