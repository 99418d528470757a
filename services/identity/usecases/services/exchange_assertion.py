"""A service that must ask a peer gets an assertion of the same person for that peer."""

from dataclasses import dataclass, replace

from services.chassis.data.read import Read
from services.chassis.edge.assertions import SigningKey, Trust, read_actor, sign_actor
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import FieldError, Forbidden, Unprocessable
from services.identity.domain.policy import Policy
from services.identity.domain.refusals import SessionEnded
from services.identity.store import clients, sessions
from services.identity.usecases.services.require_part import require_part

NO_AUDIENCE = frozenset({"gateway", "frontend"})


@dataclass(frozen=True, slots=True)
class Notary:
    """Identity's own key, whom it trusts, and how long a session may idle."""

    key: SigningKey
    trust: Trust
    policy: Policy


async def exchange_assertion(
    actor: Actor, read: Read, notary: Notary, assertion: str, audience: str
) -> str:
    """The assertion must have been made for the service that shows it; parts get none.

    An API client keeps its own name as ``client``, so that what it did stays its own.
    """
    part = require_part(actor, *notary.trust.keys)
    if audience not in notary.trust.keys or audience in NO_AUDIENCE or audience == part:
        fault = FieldError("/audience", "unknown-audience", "没有这个服务。")
        raise Unprocessable("凭证不能转给这个服务。", [fault])
    person = read_actor(assertion, notary.trust, part, read.now)
    if person.kind is Kind.SERVICE and person.session is not None:
        if not await clients.is_current(read, person.id, person.session):
            raise SessionEnded
        return sign_actor(notary.key, person, audience, read.now)
    if person.kind not in {Kind.ANONYMOUS, Kind.WORKER, Kind.STAFF}:
        raise Forbidden("只能转交个人或接入方的凭证。")
    await _refuse_ended(read, person, notary.policy)
    return sign_actor(notary.key, replace(person, client=part), audience, read.now)


async def _refuse_ended(read: Read, person: Actor, policy: Policy) -> None:
    session = person.session
    if session is not None and not await sessions.is_alive(read, session, policy.session_idle):
        raise SessionEnded
