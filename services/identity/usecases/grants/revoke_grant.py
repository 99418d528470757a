"""The security officer takes a role back."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.identity.domain.refusals import refuse_own
from services.identity.store import grants, sessions


async def revoke_grant(actor: Actor, tx: Tx, grant_id: UUID) -> None:
    """Whoever held it is logged out, and comes back without it."""
    actor.require(Role.SECURITY_OFFICER)
    grant = await grants.lock(actor, tx, grant_id)
    refuse_own(actor, grant.account_id)
    grant.revoked_at, grant.revoked_by = tx.now, actor.id
    await tx.record(
        "grant.revoked", "account", grant.account_id,
        before=grant.role, grant=grant.id, union=grant.union_id,
    )  # fmt: skip
    await tx.session.flush()
    await sessions.end_all_of(tx, grant.account_id, "roles changed")
