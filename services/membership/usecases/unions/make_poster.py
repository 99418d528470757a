"""A union gets a short code for its poster, perhaps one for each station or company."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.membership.store import unions

MAKERS = (Role.CLERK, Role.REVIEWER, Role.APPROVER)


async def make_poster(actor: Actor, tx: Tx, union_id: UUID, label: str = "") -> str:
    union = await unions.lock(actor, tx, union_id)
    actor.require(*MAKERS)
    if (code := await unions.poster_of(tx, union_id, label)) is not None:
        return code
    code = await unions.hang_poster(tx, union_id, label)
    await tx.record("union.poster-made", "union", union_id, union_path=union.path, poster=code)
    return code
