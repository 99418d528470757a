"""What membership's routes may ask for besides: the worker's verified phone, keys, the address."""

from dataclasses import dataclass
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import Depends, Request

from services.chassis.edge.exchange import Exchange
from services.chassis.edge.peers import Peer
from services.chassis.kernel.actors import Kind
from services.chassis.kernel.refusals import Refusal
from services.chassis.web.context import Caller
from services.chassis.web.depends import read_caller
from services.membership.peers.identity import IdentityPeer
from services.membership.store.facts import phone_keys

NAME = "membership"


@dataclass(frozen=True, slots=True)
class Phone:
    """A verified phone and the indexes it is looked up by; both empty for staff."""

    number: str = ""
    keys: tuple[bytes, ...] = ()


def identity_of(request: Request) -> IdentityPeer:
    """Made at the first call, when the service's connections are open."""
    state = request.app.state
    if state.identity is None:
        peer = Peer("identity", state.settings.identity_url, state.http, title="身份服务")
        state.identity = IdentityPeer(peer, Exchange(peer, state.key, state.store.clock))
    found: IdentityPeer = state.identity
    return found


async def verified_phone(
    request: Request, caller: Annotated[Caller, Depends(read_caller)]
) -> Phone:
    """The phone that a worker proved; an application cannot do without it."""
    if caller.actor.kind is not Kind.WORKER:
        return Phone()
    number = await identity_of(request).phone_of(caller.assertion)
    return Phone(number, phone_keys(request.app.state.store.sealer, number))


async def known_phone(request: Request, caller: Annotated[Caller, Depends(read_caller)]) -> Phone:
    """The same where it widens what is seen; without identity one sees what the log-in owns."""
    try:
        return await verified_phone(request, caller)
    except Refusal:
        return Phone()


def signing_key(request: Request) -> Ed25519PrivateKey:
    key = request.app.state.key.key.private_key
    assert isinstance(key, Ed25519PrivateKey)  # noqa: S101  # load_key accepts no other kind
    return key


def verifying_keys(request: Request) -> list[Ed25519PublicKey]:
    """Our public keys, the old one too while keys rotate."""
    found = (key.public_key for key in request.app.state.trust.keys.get(NAME, ()))
    return [key for key in found if isinstance(key, Ed25519PublicKey)]


def public_url(request: Request) -> str:
    return str(request.app.state.settings.public_url).rstrip("/")


VerifiedPhone = Annotated[Phone, Depends(verified_phone)]
KnownPhone = Annotated[Phone, Depends(known_phone)]
SigningKey = Annotated[Ed25519PrivateKey, Depends(signing_key)]
VerifyingKeys = Annotated[list[Ed25519PublicKey], Depends(verifying_keys)]
PublicUrl = Annotated[str, Depends(public_url)]
