"""Whatever is put into any place of any operation, the answer is a refusal in words (INP-01)."""

import json
import random
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from starlette.routing import compile_path

from services.chassis.kernel.actors import Actor
from tests.attacks.bodies import accepted
from tests.attacks.naughty import BROKEN, OTHERS, TEXTS, found_at, objects_in, replaced, texts_in
from tests.attacks.operations import FORM, JSON, Operation
from tests.attacks.things import CLIENT, Thing, unknown
from tests.attacks.world import STAFF_ROLES, World, staff

ANYBODY = staff(*STAFF_ROLES)
PROBLEM = "application/problem+json"
ONLY_SYSTEMS = re.compile(r"(POST|PUT|DELETE) /v1/(webhooks|applications/batches)")
# No provider of log-ins is set up here: these are not there, whatever is sent.
WITHOUT_A_PROVIDER = re.compile(r"/(provider-answers|staff-sessions/provider|provider-link)$")
# A public key is what its format says, with members that we need not know.
FREE = {"identity POST /v1/clients/{client_id}/keys"}
# Texts are many and places are more: `make test` tries a few of them in each, `make prove` more.
SOME, MORE = 3, 20
# No server reads a longer address.
LONGEST = 5000


@dataclass
class Hail:
    """Throws things at an operation and keeps what came back wrong."""

    world: World
    faults: list[str] = field(default_factory=list)
    thrown: int = 0

    async def throw(self, operation: Operation, path: str, why: str, **how: Any) -> None:
        headers = self.world.as_(operation.service, somebody(operation)) | how.pop("headers", {})
        if operation.takes("idempotency-key"):
            headers.setdefault("Idempotency-Key", uuid4().hex)
        if operation.takes("if-match"):
            headers.setdefault("If-Match", '"1"')
        client = self.world.client(operation.service)
        request = client.build_request(operation.method, path, headers=headers, **how)
        self.judge(operation, why, await client.send(request))

    def judge(self, operation: Operation, why: str, answer: httpx.Response) -> None:
        self.thrown += 1
        status = answer.status_code
        documented = str(status) in operation.spec["responses"]
        in_words = status < 400 or answer.headers.get("content-type", "") == PROBLEM
        # A peer that is not there makes some of them 503; that is documented.
        if status == 500 or not documented or not in_words:
            self.faults.append(f"{operation}, {why}: {status} {answer.text[:200]}")


def somebody(operation: Operation) -> Actor:
    """Who gets as far as the body: other systems where only they are let in."""
    return CLIENT if ONLY_SYSTEMS.search(str(operation)) else ANYBODY


def path_of(operation: Operation, **places: str) -> str:
    path = operation.path.removeprefix("/v1")
    for one in operation.parameters("path"):
        name = one["name"]
        path = path.replace(f"{{{name}}}", places.get(name, unknown(name)))
    return path


def some(values: tuple[Any, ...], count: int, seed: str) -> list[Any]:
    """A few that are others for each place."""
    return random.Random(seed).sample(values, min(count, len(values)))


async def hail(world: World, operations: list[Operation], count: int) -> Hail:
    made = Hail(world)
    for operation in operations:
        for one in operation.parameters("path"):
            # An address goes further than one thinks: the record of a key holds it as well.
            for text in ("a\x00b", *some(TEXTS, count, f"{operation} {one['name']}")):
                odd = quote(text[:LONGEST], safe="", errors="surrogatepass") or "%20"
                await made.throw(operation, path_of(operation, **{one["name"]: odd}), repr(text))
        for one in (*operation.parameters("query"), *operation.parameters("header")):
            await _odd_parameter(made, operation, one, count)
        if operation.media == JSON:
            await _odd_bodies(made, operation, await accepted(world, operation), count)
    return made


async def _odd_parameter(made: Hail, operation: Operation, one: dict[str, Any], count: int) -> None:
    for text in some(TEXTS, count, f"{operation} {one['name']}"):
        why = f"{one['name']} {text[:40]!r}"
        if one["in"] == "query":
            odd = f"{one['name']}={quote(text[:LONGEST], errors='surrogatepass')}"
            await made.throw(operation, f"{path_of(operation)}?{odd}", why)
        else:
            value = text.encode("utf-8", "surrogatepass").replace(b"\0", b"").replace(b"\r\n", b"")
            await made.throw(operation, path_of(operation), why, headers={one["name"]: value[:900]})


async def _odd_bodies(made: Hail, operation: Operation, body: Any, count: int) -> None:
    path = path_of(operation)
    kind = {"Content-Type": JSON}
    for why, broken in some(BROKEN, 2 * count, str(operation)):
        await made.throw(operation, path, why, content=broken, headers=dict(kind))
    for at in texts_in(body):
        for odd in (*some(TEXTS, count, f"{operation}{at}"), *some(OTHERS, count, f"{at}")):
            text = json.dumps(replaced(body, at, odd)).encode()
            await made.throw(
                operation, path, f"{at} {str(odd)[:40]!r}", content=text, headers=dict(kind)
            )


async def test_some_of_all_that_is_odd_in_every_place(world: World, operations: list[Operation]):
    made = await hail(world, operations, SOME)

    assert made.faults == [], "\n".join(made.faults)
    assert made.thrown > 10 * len(operations)


@pytest.mark.prove
async def test_more_of_all_that_is_odd_in_every_place(world: World, operations: list[Operation]):
    made = await hail(world, operations, MORE)

    assert made.faults == [], "\n".join(made.faults)


async def test_what_an_operation_does_not_know_is_refused_not_ignored(
    world: World, operations: list[Operation]
):
    """Mass assignment (AUTHZ-05): an unknown field in any object of a body, a 422 at its place."""
    ignored = []
    for operation in operations:
        body = await accepted(world, operation) if operation.media == JSON else None
        if not isinstance(body, dict) or WITHOUT_A_PROVIDER.search(operation.path):
            continue
        for at in objects_in(body):
            if str(operation) in FREE and at:
                continue
            sent = replaced(body, at, found_at(body, at) | {"is_admin": True})
            answer = await _sent(world, operation, somebody(operation), sent)
            pointers = {error["pointer"] for error in answer.json().get("errors", ())}
            wanted = "".join(f"/{step}" for step in (*at, "is_admin"))
            if answer.status_code != 422 or wanted not in pointers:
                ignored.append(f"{operation} {at}: {answer.status_code} {pointers}")

    assert ignored == [], "\n".join(ignored)


async def _sent(world: World, operation: Operation, actor: Actor, body: Any) -> httpx.Response:
    places = {one["name"]: Thing(unknown(one["name"])) for one in operation.parameters("path")}
    return await world.call(operation, actor, places, body)


async def test_bodies_of_another_kind_are_refused(world: World, operations: list[Operation]):
    """INP-03: only what is documented is read."""
    taken = []
    for operation in operations:
        if not operation.media or WITHOUT_A_PROVIDER.search(operation.path):
            continue
        for kind in ("text/plain", "application/xml", "text/json", FORM, "application/jsonp", ""):
            if kind == operation.media:
                continue
            answer = await _typed(world, operation, kind)
            if answer.status_code not in {400, 415, 422}:
                taken.append(f"{operation} {kind}: {answer.status_code}")

    assert taken == [], "\n".join(taken)


async def _typed(world: World, operation: Operation, kind: str) -> httpx.Response:
    body = await accepted(world, operation)
    content = json.dumps(body).encode() if body is not None else b"{}"
    headers = world.as_(operation.service, somebody(operation)) | {"Content-Type": kind}
    headers |= {"Idempotency-Key": uuid4().hex, "If-Match": '"1"'}
    client = world.client(operation.service)
    return await client.request(
        operation.method, path_of(operation), headers=headers, content=content
    )


async def test_methods_that_are_not_documented_are_named_those_that_are(
    world: World, operations: list[Operation]
):
    """INP-03: 405 with all that the address takes in ``Allow``; TRACE never answers."""
    wrong = []
    for here in {(one.path, one.service): one for one in operations}.values():
        known = {one.method for one in operations if is_at(here, one)}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - known:
            client = world.client(here.service)
            headers = world.as_(here.service, ANYBODY)
            answer = await client.request(method, path_of(here), headers=headers)
            allowed = set(answer.headers.get("allow", "").split(", "))
            if answer.status_code != 405 or not known <= allowed or method in allowed:
                wrong.append(f"{method} {here.service} {here.path}: {answer.status_code} {allowed}")

    assert wrong == [], "\n".join(wrong)


def is_at(here: Operation, one: Operation) -> bool:
    """Whether ``one`` answers at that address too: ``/accounts/searches`` could be an account."""
    return one.service == here.service and bool(compile_path(one.path)[0].match(here.path))
