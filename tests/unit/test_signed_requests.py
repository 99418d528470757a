"""One valid signed request, changed anywhere, is refused (AUTH-09)."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.clients import Client, Clients, Secret, Span, VerifyingKey
from gateway.heads import Head
from gateway.identity import Identity
from gateway.inbound import Doorway
from gateway.partners import Partners
from gateway.routes import Router
from gateway.settings import Settings
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.refusals import Refusal
from tests.partner import COVERED, Partner

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
URL = "http://niangjia.test"
PATH = "/api/membership/v1/applications/batches"
BODY = b'{"items":[]}'
ALWAYS = Span(0.0, float("inf"))
PARTNER = Partner(str(UUID(int=9)), URL, secret="whsec_" + "QUJD" * 8)


@dataclass
class Request:
    """A request as it comes off the wire."""

    headers: dict[str, bytes]
    method: str = "POST"
    path: bytes = PATH.encode()
    query: bytes = b""
    body: bytes = BODY


def signed(**other: Any) -> Request:
    headers = PARTNER.sign(NOW, "POST", URL + PATH, BODY, **other)
    return Request({name.lower(): value.encode() for name, value in headers.items()})


def sealed() -> Request:
    headers = PARTNER.seal(NOW, BODY, "msg_0193a5c2b7e07c3e")
    return Request({name.lower(): value.encode() for name, value in headers.items()})


def partners() -> Partners:
    actor = Actor(Kind.SERVICE, UUID(int=9), client=str(UUID(int=9)), session=UUID(int=10))
    key = VerifyingKey(cast(Any, PARTNER.key.public_key), ALWAYS)
    client = Client(
        actor, (), 600, 4, requires_signature=False, keys={PARTNER.kid: key},
        secrets=(Secret(b"ABC" * 8, ALWAYS),),
    )  # fmt: skip
    clients = Clients(cast(Identity, None), lambda: NOW)
    clients._by_id = {client.id: client}
    clients._by_kid = {PARTNER.kid: client}
    clients.version = 1
    given = {"private_key": "k", "trust": "t", "services": {}, "public_url": URL}
    return Partners(Settings.model_validate(given), clients, cast(Identity, None))


PARTNERS, DOORWAY, ROUTER = partners(), Doorway(["niangjia.test"], []), Router(["membership"])


async def hear(request: Request) -> bool:
    """Whether the gateway takes the request; what it refuses, it refuses by 401 (or as no HTTP)."""
    named = {"host": b"niangjia.test", "content-length": str(len(request.body)).encode()}
    head = Head("203.0.113.9")
    head.method, head.version = request.method, "1.1"
    head.target = request.path + (b"?" + request.query if request.query else b"")
    head.fields = {name.encode(): value for name, value in (named | request.headers).items()}

    async def read(limit: int) -> bytes:
        return request.body

    try:
        call = DOORWAY.read(head, "request-0001")
        await PARTNERS.hear(call, ROUTER.match("POST", PATH).rule, read)
    except Refusal:
        return False
    return call.signed is not None


async def test_the_valid_requests_pass():
    assert await hear(signed())
    assert await hear(sealed())
    assert await hear(signed(covered=(*COVERED,), alg="ed25519"))


def flipped(request: Request) -> Iterator[tuple[str, Request]]:
    """Every bit of everything that the profile covers, one at a time."""
    for name, value in request.headers.items():
        for place in range(len(value)):
            for bit in range(7):
                changed = bytearray(value)
                changed[place] ^= 1 << bit
                headers = request.headers | {name: bytes(changed)}
                yield f"{name}[{place}]^{bit}", Request(headers)
    for place in range(len(request.body)):
        body = bytearray(request.body)
        body[place] ^= 1
        yield f"body[{place}]", Request(request.headers, body=bytes(body))


@pytest.mark.parametrize("make", [signed, sealed])
async def test_no_bit_of_a_signed_request_can_be_changed(make):
    taken = [where for where, request in flipped(make()) if await hear(request)]

    assert taken == []


@pytest.mark.parametrize("make", [signed, sealed])
async def test_no_header_can_be_left_out_or_given_twice(make):
    request = make()
    without = [
        Request({n: v for n, v in request.headers.items() if n != name}) for name in request.headers
    ]
    twice = [Request(request.headers | {n: v + b", " + v}) for n, v in request.headers.items()]

    assert [await hear(one) for one in without + twice] == [False] * 2 * len(request.headers)


CHANGES = st.tuples(
    st.sampled_from([*signed().headers, "method", "path", "query", "body"]),
    st.integers(0, 200),
    st.integers(0, 3),
    st.binary(min_size=0, max_size=4),
)


@settings(max_examples=200, deadline=None)
@given(CHANGES)
def test_whatever_is_cut_out_or_put_in_the_request_is_refused(change):
    where, start, length, new = change
    request = signed(nonce="kq3Zr1mD8yC2bW7n")
    old = {
        "method": request.method.encode(),
        "path": request.path,
        "query": request.query,
        "body": request.body,
    } | request.headers
    start = min(start, len(old[where]))
    value = old[where][:start] + new + old[where][start + length :]
    if value.strip() == old[where].strip():
        return
    match where:
        case "method":
            request.method = value.decode("latin-1")
        case "path" | "query" | "body":
            setattr(request, where, value)
        case _:
            request.headers[where] = value

    assert not asyncio.run(hear(request))


class Keys(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str) -> Any:
        return PARTNER.key.private_key


async def test_a_signature_made_by_another_library_passes():
    message = SimpleNamespace(
        method="POST",
        url=URL + PATH,
        headers={"Content-Type": "application/json"},
    )
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys())

    signer.sign(
        message,
        key_id=PARTNER.kid,
        created=NOW,
        nonce="kq3Zr1mD8yC2bW7n",
        tag="union-v1",
        covered_component_ids=COVERED,
        body=BODY,
    )

    told = {name.lower(): value.encode() for name, value in message.headers.items()}
    assert await hear(Request(told))
