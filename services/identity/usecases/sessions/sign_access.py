"""Whoever holds a live session gets a short-lived token that says what they are today."""

from dataclasses import dataclass, replace

from services.chassis.data.tx import Tx
from services.chassis.edge.assertions import USER_TOKEN_SECONDS, sign_user
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.calendar import end_of_day
from services.identity.domain.account import State
from services.identity.domain.policy import Policy
from services.identity.domain.refusals import SessionEnded
from services.identity.domain.standing import standing, token_seconds
from services.identity.store import grants
from services.identity.store.signing_keys import KeyRing
from services.identity.store.tables import Session, StaffAccount
from services.identity.usecases.signing_keys.pick_signing_key import pick_signing_key


@dataclass(frozen=True, slots=True)
class Issuer:
    """The keys that sign user tokens, and the numbers that an operator has set."""

    ring: KeyRing
    policy: Policy


@dataclass(frozen=True, slots=True)
class Access:
    """A token, how many seconds it is good for, and for whom."""

    token: str
    expires_in: int
    actor: Actor


async def sign_access(tx: Tx, issuer: Issuer, session: Session) -> Access:
    """A token outlives neither its session nor the day for which its roles were looked up."""
    actor = Actor(Kind(session.kind), session.person_id, auth=session.auth, session=session.id)
    if actor.kind is Kind.WORKER:
        actor = replace(actor, roles=frozenset({Role.WORKER}))
    else:
        actor = await _as_staff(tx, session, actor)
    ends = (session.expires_at, end_of_day(tx.today))
    seconds = token_seconds(USER_TOKEN_SECONDS, tx.now, *ends)
    key = await pick_signing_key(tx, issuer.ring)
    return Access(sign_user(key, actor, tx.now, seconds), seconds, actor)


async def _as_staff(tx: Tx, session: Session, actor: Actor) -> Actor:
    account = await tx.session.get(StaffAccount, session.person_id)
    if account is None or account.state != State.ACTIVE:
        raise SessionEnded
    held = await grants.held_by(tx, account.id)
    place = standing(held, session.acting_union_id, tx.today)
    return replace(
        actor,
        name=account.name,
        union_id=place.union_id,
        union_path=place.path,
        union_name=place.name,
        roles=place.roles,
    )
