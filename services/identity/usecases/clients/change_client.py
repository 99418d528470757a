"""An administrator changes from where, how often and how a client may call, or whom to ring."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.identity.domain.client import ClientKind, Terms, refuse_unsigned
from services.identity.store import clients
from services.identity.store.tables import ApiClient
from services.identity.usecases.clients.create_client import Contact


@dataclass(frozen=True, slots=True)
class ClientChange:
    """What is to be different; None leaves a thing as it is."""

    name: str | None = None
    contact: Contact | None = None
    terms: Terms | None = None


async def change_client(
    actor: Actor, tx: Tx, client_id: UUID, version: int, change: ClientChange
) -> ApiClient:
    """The kind and the union stay: another union is another client."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    client = await clients.lock(actor, tx, client_id, version)
    if change.terms is not None:
        refuse_unsigned(ClientKind(client.kind), change.terms)
    changed = [*_rename(client, change.name), *_turn(client, change.terms)]
    if change.contact is not None:
        contact = {"name": change.contact.name, "phone": change.contact.phone}
        client.contact_sealed = tx.sealer.seal_json(contact, clients.contact_place(client.id))
        changed.append("contact")
    client.version += 1
    await clients.tell_gateways(tx)
    await tx.record("client.changed", "client", client.id, changed=changed)
    return client


def _rename(client: ApiClient, name: str | None) -> list[str]:
    if name is None or name == client.name:
        return []
    client.name = name
    return ["name"]


def _turn(client: ApiClient, terms: Terms | None) -> list[str]:
    """Take the new terms over, and say which of them differ."""
    if terms is None:
        return []
    wanted = {
        "allow_list": list(terms.allow_list),
        "per_minute": terms.per_minute,
        "concurrent": terms.concurrent,
        "requires_signature": terms.requires_signature,
    }
    changed = [name for name, value in wanted.items() if getattr(client, name) != value]
    for name in changed:
        setattr(client, name, wanted[name])
    return changed
