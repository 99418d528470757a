"""A union gets a short code for its poster, perhaps one for each station or company."""

import secrets
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.membership.domain.numbers import poster_code
from services.membership.store import unions
from services.membership.store.tables import Poster

MAKERS = (Role.CLERK, Role.REVIEWER, Role.APPROVER)
BITS = 64


async def make_poster(actor: Actor, tx: Tx, union_id: UUID, label: str = "") -> str:
    union = await unions.lock(actor, tx, union_id)
    actor.require(*MAKERS)
    if (code := await unions.poster_of(tx, union_id, label)) is not None:
        return code
    code = await _hang(actor, tx, union_id, label)
    await tx.record("union.poster-made", "union", union_id, union_path=union.path, poster=code)
    return code


async def _hang(actor: Actor, tx: Tx, union_id: UUID, label: str) -> str:
    """Draw codes until one is free; with a seven-hundred-millionth chance of a clash, at once."""
    while True:
        code = poster_code(secrets.randbits(BITS))
        row = insert(Poster).values(
            code=code, union_id=union_id, label=label, made_by=actor.id, made_at=tx.now
        )
        if await tx.session.scalar(row.on_conflict_do_nothing().returning(Poster.code)):
            return code
