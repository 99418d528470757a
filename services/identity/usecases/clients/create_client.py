"""An administrator registers another system; it may do nothing until scopes are granted."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Forbidden
from services.identity.domain.client import LIFECYCLE, ClientKind, Terms, refuse_unsigned
from services.identity.store import clients, unions
from services.identity.store.tables import ApiClient


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ring when something is wrong."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class NewClient:
    """Whose system it is, and at which union it acts."""

    name: str
    kind: ClientKind
    union_id: UUID
    contact: Contact
    terms: Terms


async def create_client(actor: Actor, tx: Tx, new: NewClient) -> UUID:
    """It acts at the administrator's own union, or at one below."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    refuse_unsigned(new.kind, new.terms)
    union = await unions.known(tx, new.union_id)
    if not actor.has(Role.SYSTEM) and not actor.reaches(union.path):
        raise Forbidden("只能为本级及下级工会登记接入方。")
    client = _client(actor, tx, new)
    tx.session.add(client)
    await clients.tell_gateways(tx)
    await tx.record(
        "client.created", "client", client.id, union_path=union.path, after=client.state,
        kind=client.kind,
    )  # fmt: skip
    return client.id


def _client(actor: Actor, tx: Tx, new: NewClient) -> ApiClient:
    client_id, terms = new_id(), new.terms
    contact = {"name": new.contact.name, "phone": new.contact.phone}
    return ApiClient(
        id=client_id,
        name=new.name,
        kind=new.kind,
        union_id=new.union_id,
        contact_sealed=tx.sealer.seal_json(contact, clients.contact_place(client_id)),
        scopes=[],
        allow_list=list(terms.allow_list),
        per_minute=terms.per_minute,
        concurrent=terms.concurrent,
        requires_signature=terms.requires_signature,
        token_family=new_id(),
        state=LIFECYCLE.initial,
        created_at=tx.now,
        created_by=actor.id,
    )
