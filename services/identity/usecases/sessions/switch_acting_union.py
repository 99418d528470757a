"""Somebody of the staff acts for another of the unions where a role was granted to them."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.refusals import Forbidden
from services.identity.domain.refusals import SessionEnded
from services.identity.domain.standing import places
from services.identity.store import grants, sessions
from services.identity.store.tables import StaffAccount
from services.identity.usecases.sessions.sign_access import Access, Issuer, sign_access


async def switch_acting_union(actor: Actor, tx: Tx, issuer: Issuer, union_id: UUID) -> Access:
    """The next log-in begins where this one was last."""
    if actor.session is None:
        raise SessionEnded
    session = await sessions.lock_alive(tx, actor.session, issuer.policy.session_idle)
    if session is None or session.person_id != actor.id:
        raise SessionEnded
    held = await grants.held_by(tx, actor.id)
    place = next((p for p in places(held, tx.today) if p.union_id == union_id), None)
    if place is None:
        raise Forbidden("您在这个工会没有有效的授权，请选择其他工会，或联系安全员。")
    before = session.acting_union_id
    session.acting_union_id = union_id
    account = await tx.session.get_one(StaffAccount, actor.id)
    account.last_union_id = union_id
    await tx.record(
        "session.acting-union-switched", "session", session.id, union_path=place.path,
        before=str(before or ""), after=str(union_id),
    )  # fmt: skip
    return await sign_access(tx, issuer, session)
