"""Workers found by what the mini-program's platform calls them."""

from uuid import UUID

from sqlalchemy import func, select

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.identity.domain.mini_program import Opener
from services.identity.store.mini_program_tables import MiniProgramLink
from services.identity.store.schema import SCHEMA

OPENID, UNIONID = "mini-program-openid", "mini-program-unionid"


def place(link_id: UUID, column: str) -> str:
    return f"mini_program_links:{link_id}:{column}"


async def take_turn(tx: Tx, opener: Opener) -> None:
    """The same person opening it twice at once is dealt with one after the other."""
    key = tx.sealer.blind(OPENID, opener.openid)
    turn = func.pg_advisory_xact_lock(func.hashtext(f"{SCHEMA}:opener:{key.hex()}"))
    await tx.session.execute(select(turn))


async def worker_of(tx: Tx, opener: Opener) -> UUID | None:
    """The worker of this opener; one who came through a sister program first counts as well."""
    link = await _lock(tx, opener)
    if link is not None:
        return link.worker_id
    if opener.unionid is None:
        return None
    keys = tx.sealer.blinds(UNIONID, opener.unionid)
    query = select(MiniProgramLink.worker_id).where(MiniProgramLink.unionid_key.in_(keys))
    found: UUID | None = await tx.session.scalar(
        query.order_by(MiniProgramLink.linked_at.desc()).limit(1)
    )
    return found


async def put(tx: Tx, opener: Opener, worker_id: UUID) -> bool:
    """Link, or link anew; whether that changed anything."""
    link = await _lock(tx, opener)
    if link is not None and link.worker_id == worker_id:
        return False
    if link is None:
        link = MiniProgramLink(id=new_id())
        link.openid_key = tx.sealer.blind(OPENID, opener.openid)
        link.openid_sealed = tx.sealer.seal(opener.openid.encode(), place(link.id, "openid"))
        tx.session.add(link)
    if opener.unionid is not None:
        link.unionid_key = tx.sealer.blind(UNIONID, opener.unionid)
        link.unionid_sealed = tx.sealer.seal(opener.unionid.encode(), place(link.id, "unionid"))
    link.worker_id, link.linked_at = worker_id, tx.now
    await tx.session.flush()
    return True


async def _lock(tx: Tx, opener: Opener) -> MiniProgramLink | None:
    keys = tx.sealer.blinds(OPENID, opener.openid)
    query = select(MiniProgramLink).where(MiniProgramLink.openid_key.in_(keys))
    found: MiniProgramLink | None = await tx.session.scalar(query.with_for_update())
    return found
