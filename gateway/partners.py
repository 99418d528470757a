"""Other systems at the door: what they signed, from where they call, how many calls at once."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from ipaddress import ip_address
from uuid import UUID

from gateway.clients import Client, Clients
from gateway.credentials import Credential, Recent
from gateway.identity import Identity
from gateway.inbound import Call
from gateway.limits import in_words
from gateway.refusals import AddressRefused, SignatureRefused
from gateway.routes import Proof, Rule
from gateway.sealed_messages import check_message, check_time
from gateway.settings import Settings
from gateway.signatures import check_digest, check_signature
from services.chassis.edge.admission import MOST
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import Conflict, TooMany, Unauthenticated, Unavailable

MIB = 1024 * 1024
# A signed request is read whole before anything acts on it; so much for one, so much together.
LARGEST_SIGNED = 4 * MIB
LARGEST_TOGETHER = 64 * MIB
RETRY_SECONDS = 1
SIGNS = {b"signature-input", b"signature", b"client-id"}
Content = Callable[[int], Awaitable[bytes]]


class Partners:
    """Proves signed requests, and keeps every client to its own terms."""

    def __init__(self, settings: Settings, clients: Clients, identity: Identity) -> None:
        self._clients = clients
        self._identity = identity
        self._scheme = settings.public_url.partition("://")[0]
        # Half of what one service takes stays for everybody else, whatever a client was promised;
        # what it takes is bounded at its own door, too.
        self._most_each = max(1, min(settings.max_in_flight_per_service, MOST) // 2)
        self._under_way: Counter[UUID] = Counter()
        self._held = 0
        self._known: Recent[tuple[bytes, int], Credential] = Recent(10_000)

    def hears(self, call: Call, rule: Rule) -> bool:
        """Whether the request says that it is signed."""
        return rule.proof is Proof.BEARER and not SIGNS.isdisjoint(call.headers)

    async def hear(self, call: Call, rule: Rule, read: Content) -> bytes | None:
        """Check a signed request; gives the content, for which it had to be read. Every fault is
        the same 401."""
        if not self.hears(call, rule):
            return None
        if b"signature-input" in call.headers or b"signature" in call.headers:
            self._clients.require_read()
            target = f"{self._scheme}://{call.header(b'host')}{call.path}"
            target += f"?{call.query.decode('latin-1')}" if call.query else ""
            signed = check_signature(call, self._clients, target)
            _refuse_address(call, signed.client)
            body = await self._content(call, rule, read)
            check_digest(call, body, str(signed.client.id))
        else:
            self._clients.require_read()
            client = check_time(call, self._clients)
            _refuse_address(call, client)
            body = await self._content(call, rule, read)
            signed = check_message(call, client, body, self._clients.at())
        call.signed = signed
        return body

    def admit(self, call: Call, person: Credential | None) -> Credential | None:
        """A client as the directory has it now; whoever is no client passes as they are."""
        if call.signed is None and (person is None or person.actor.kind is not Kind.SERVICE):
            return person
        client = call.signed.client if call.signed else None
        if person is not None:
            client = self._holder(person, client)
        if client is None or (client.requires_signature and call.signed is None):
            raise SignatureRefused("unsigned", str(client.id) if client else "")
        if not _is_inside(call.address, client):
            raise AddressRefused
        call.partner = client
        return self._credential(client, person)

    async def spend(self, call: Call) -> None:
        """A signed request counts once, whichever gateway it comes through."""
        signed = call.signed
        if signed is None:
            return
        try:
            await self._identity.use_nonce(signed.client.id, signed.nonce)
        except Conflict as used:
            raise SignatureRefused("nonce-used", str(signed.client.id)) from used

    def enter(self, call: Call) -> None:
        """Take one of the client's places; raises TooMany when all are taken."""
        client = call.partner
        if client is None:
            return
        if self._under_way[client.id] >= min(client.concurrent, self._most_each):
            raise TooMany(
                f"同时进行的请求太多，请在{in_words(RETRY_SECONDS)}后再试。",
                retry_after=RETRY_SECONDS,
                limit="client-concurrent",
            )
        self._under_way[client.id] += 1
        call.holds_place = True

    def leave(self, call: Call) -> None:
        """Give back what the call held."""
        self._held -= call.held_bytes
        call.held_bytes = 0
        if call.holds_place and call.partner is not None:
            call.holds_place = False
            self._under_way[call.partner.id] -= 1
            if not self._under_way[call.partner.id]:
                del self._under_way[call.partner.id]

    async def _content(self, call: Call, rule: Rule, read: Content) -> bytes:
        limit = min(rule.body, LARGEST_SIGNED)
        wanted = (limit if call.length is None else call.length) if call.has_body else 0
        if self._held + wanted > LARGEST_TOGETHER:
            raise Unavailable("系统繁忙，请稍等几秒再试。", retry_after=3)
        self._held += wanted
        call.held_bytes = wanted
        return await read(limit)

    def _holder(self, person: Credential, signer: Client | None) -> Client:
        """The client whose token it is, who has to be the one that signed."""
        if person.actor.kind is not Kind.SERVICE:
            raise SignatureRefused("another-token", str(signer.id) if signer else "")
        self._clients.require_read()
        client = self._clients.find(person.actor.id)
        if client is None or client.actor.session != person.actor.session:
            raise Unauthenticated("凭证已失效，请重新取得访问令牌。")
        if signer is not None and signer.id != client.id:
            raise SignatureRefused("another-token", str(signer.id))
        return client

    def _credential(self, client: Client, person: Credential | None) -> Credential:
        version = self._clients.version
        digest = person.digest if person else sha256(client.id.bytes).digest()
        known = self._known.get((digest, version))
        if known is None:
            actor = _acting(client, person.actor if person else None)
            mark = sha256(digest + version.to_bytes(8, "big")).digest()
            if person is None:
                known = Credential(actor, "", float("inf"), mark, "")
            else:
                known = replace(person, actor=actor, digest=mark)
            self._known.put((digest, version), known)
        return known


def _acting(client: Client, told: Actor | None) -> Actor:
    """Union and name are today's; a token never holds more scopes than it was made with."""
    if told is None:
        return client.actor
    return replace(client.actor, auth=told.auth, scopes=client.actor.scopes & told.scopes)


def _refuse_address(call: Call, client: Client) -> None:
    if not _is_inside(call.address, client):
        raise SignatureRefused("address", str(client.id))


def _is_inside(address: str, client: Client) -> bool:
    """Whether the address, as we saw it or a trusted proxy told it, is on the client's list."""
    if not client.networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in client.networks)
