"""The gateway asks which sessions have ended since it last asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.chassis.data.read import Read
from services.chassis.edge.assertions import USER_TOKEN_SECONDS
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Unprocessable
from services.identity.store import sessions
from services.identity.usecases.services.require_part import require_part

MOST = 1000
# No token made before an ending is good for longer than this afterwards.
STILL_MATTERS = timedelta(seconds=USER_TOKEN_SECONDS + 60)
BIGGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Revoked:
    """One ended session."""

    sid: UUID
    at: datetime


async def list_revocations(
    actor: Actor, read: Read, after: str | None
) -> tuple[list[Revoked], str]:
    """Endings in the order in which they were committed, and where to go on (AUTH-06)."""
    require_part(actor, "gateway")
    seq = _parse(after)
    rows = await sessions.revoked_after(read, seq, read.now - STILL_MATTERS, MOST)
    following = rows[-1].seq if rows else seq
    return [Revoked(row.session_id, row.at) for row in rows], str(following)


def _parse(after: str | None) -> int:
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit()) or int(after) > BIGGEST:
        raise Unprocessable("续查位置无效，请从头查询。")
    return int(after)
