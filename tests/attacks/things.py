"""One object of each kind that an address can name, made by the real operations.

A new path parameter needs a line in ``MAKERS``; without one, every table of attacks fails.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.ids import new_id
from tests.partner import new_key
from tests.people import COUNTY, COUNTY_PATH, LI, SUN, TOWN, ZHOU
from tests.service.membership_rig import POSTER
from tests.structure.test_operations import SERVICES

if TYPE_CHECKING:
    from tests.attacks.operations import Operation
    from tests.attacks.world import World

# What is written down but not handed in yet is what these change.
ON_DRAFTS = ("PATCH /v1/applications/{application_id}", "/submission")


@dataclass(frozen=True, slots=True)
class Thing:
    """What fills one place of an address, and the version for ``If-Match``."""

    id: str
    version: int = 1


SCOPES = frozenset(
    f"{service}:{what}"
    for service in SERVICES
    for what in (
        "applications.read", "applications.write", "members.read", "unions.read",
        "webhooks.manage",
    )
)  # fmt: skip


def system(number: int, union: UUID, path: str) -> Actor:
    """Another organisation's system that was allowed all there is at one union."""
    return Actor(
        Kind.SERVICE,
        UUID(int=number),
        "顺路跑腿",
        union,
        path,
        "某工会",
        client=str(UUID(int=number)),
        auth="private_key_jwt",
        session=UUID(int=number + 1),
        scopes=SCOPES,
    )


CLIENT = system(0xA00, COUNTY, COUNTY_PATH)
# What a service tells other systems; one that is not here tells them nothing.
TELLING = {"membership": "membership.member.admitted"}
# The receiver of every subscription: nobody listens there.
RECEIVER = "http://127.0.0.1:9/union-events"

Maker = Callable[["World", "Operation", Actor], Awaitable[Thing]]


async def application(world: "World", operation: "Operation", owner: Actor) -> Thing:
    draft = operation.name.startswith(ON_DRAFTS[0]) or operation.path.endswith(ON_DRAFTS[1])
    found = await world.application(owner, "draft" if draft else "submitted")
    return Thing(found["id"], found["version"])


async def member(world: "World", operation: "Operation", owner: Actor) -> Thing:
    return Thing(await world.admitted(owner, "membership_id"))


async def person(world: "World", operation: "Operation", owner: Actor) -> Thing:
    return Thing(await world.admitted(owner, "person_id"))


async def consent(world: "World", operation: "Operation", owner: Actor) -> Thing:
    person_id = await world.admitted(owner, "person_id")
    query = "select id from membership.consents where person_id = %s order by id limit 1"
    return Thing(str(world.membership.rows(query, person_id)[0][0]))


async def union(world: "World", operation: "Operation", owner: Actor) -> Thing:
    found = world.membership.rows("select version from membership.unions where id = %s", TOWN)
    return Thing(str(TOWN), found[0][0])


async def poster(world: "World", operation: "Operation", owner: Actor) -> Thing:
    return Thing(POSTER)


async def sheet(world: "World", operation: "Operation", owner: Actor) -> Thing:
    """A checked list; what is only read serves again, and what is taken back was applied."""
    made = await world.sheet(is_new=not operation.is_safe)
    if operation.path.endswith("/reversal"):
        made = await world.applied(made)
    return Thing(made["id"], made["version"])


async def row(world: "World", operation: "Operation", owner: Actor) -> Thing:
    """The faulty row of the newest sheet; its version is the one that ``If-Match`` names."""
    query = "select number, version from membership.import_rows where state = 'faulty' "
    number, version = world.membership.rows(query + "order by import_id desc limit 1")[0]
    return Thing(str(number), version)


async def account(world: "World", operation: "Operation", owner: Actor) -> Thing:
    """Somebody who works here; suspended where the operation ends a suspension."""
    rig = world.identity
    if "/suspension" not in operation.path:
        made, _ = await rig.invite(f"zhang{world.number()}", TOWN)
        return Thing(str(made))
    found = await rig.staff(f"zhang{world.number()}")
    thing = Thing(str(found.id), await world.version(f"/accounts/{found.id}"))
    if operation.method != "DELETE":
        return thing
    headers = rig.as_(SUN, If_Match=f'"{thing.version}"')
    path = f"/accounts/{thing.id}/suspension"
    done = await rig.client.put(path, json={"reason": "离岗培训"}, headers=headers)
    assert done.status_code == 204, done.text
    return Thing(thing.id, await world.version(f"/accounts/{thing.id}"))


async def grant(world: "World", operation: "Operation", owner: Actor) -> Thing:
    made, _ = await world.identity.invite(f"zhang{world.number()}", TOWN)
    body = {"union_id": str(TOWN), "role": Role.CLERK, "expires_on": None}
    rig = world.identity
    headers = rig.as_(ZHOU) | rig.key()
    answer = await rig.client.post(f"/accounts/{made}/grants", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return Thing(answer.json()["id"])


async def client(world: "World", operation: "Operation", owner: Actor) -> Thing:
    """A platform company's system; suspended where the operation ends that."""
    rig = world.identity
    body = {
        "name": "顺路跑腿", "kind": "platform", "union_id": str(TOWN), "allow_list": [],
        "contact": {"name": "王接口", "phone": "13800001234"}, "per_minute": 120,
        "concurrent": 4, "requires_signature": False,
    }  # fmt: skip
    made = await rig.client.post("/clients", json=body, headers=rig.as_(SUN) | rig.key())
    assert made.status_code == 201, made.text
    path = f"/clients/{made.json()['id']}"
    if operation.name == "DELETE /v1/clients/{client_id}/suspension":
        headers = rig.as_(SUN, If_Match=f'"{await world.version(path)}"')
        await rig.client.put(f"{path}/suspension", json={"reason": "停用"}, headers=headers)
    return Thing(made.json()["id"], await world.version(path))


async def key(world: "World", operation: "Operation", owner: Actor) -> Thing:
    """The newest client's key, which is answered for with the client's own version."""
    rig = world.identity
    found = rig.rows("select id from identity.api_clients order by id desc limit 1")
    path = f"/clients/{found[0][0]}"
    body = {"jwk": new_key().as_dict()}
    headers = rig.as_(SUN) | rig.key()
    made = await rig.client.post(f"{path}/keys", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return Thing(made.json()["id"], await world.version(path))


async def webhook(world: "World", operation: "Operation", owner: Actor) -> Thing:
    """A client's subscription at this service."""
    rig = world.client(operation.service)
    if operation.service not in TELLING:
        return Thing(unknown("webhook_id"))
    topic = TELLING[operation.service]
    body = {"url": RECEIVER, "topics": [topic], "filter": {"reach": "below"}}
    headers = world.as_(operation.service, CLIENT) | {"Idempotency-Key": f"key-{new_id()}"}
    for old in await _hooks(world, operation):  # a client has a few, not hundreds
        path = f"/webhooks/{old['id']}"
        etag = (await rig.get(path, headers=headers)).headers["etag"]
        await rig.delete(path, headers=headers | {"If-Match": etag})
    made = await rig.post("/webhooks", json=body, headers=headers)
    assert made.status_code == 201, made.text
    found = await rig.get(f"/webhooks/{made.json()['id']}", headers=headers)
    return Thing(made.json()["id"], int(found.headers["etag"].strip('"')))


async def delivery(world: "World", operation: "Operation", owner: Actor) -> Thing:
    return Thing(await _below_the_hook(world, operation, "tests", None))


async def replay(world: "World", operation: "Operation", owner: Actor) -> Thing:
    span = {"from": "2026-03-02T00:00:00+08:00", "to": "2026-03-02T08:00:00+08:00"}
    return Thing(await _below_the_hook(world, operation, "replays", span))


async def _below_the_hook(
    world: "World", operation: "Operation", what: str, body: dict[str, str] | None
) -> str:
    """Something of the newest subscription."""
    if operation.service not in TELLING:
        return unknown("id")
    rig = world.client(operation.service)
    headers = world.as_(operation.service, CLIENT) | {"Idempotency-Key": f"key-{new_id()}"}
    known = [one["id"] for one in await _hooks(world, operation)]
    newest = max(known) if known else (await webhook(world, operation, CLIENT)).id
    made = await rig.post(f"/webhooks/{newest}/{what}", json=body, headers=headers)
    assert made.status_code in {201, 202}, made.text
    return str(made.json()["id"])


async def _hooks(world: "World", operation: "Operation") -> list[dict[str, str]]:
    rig = world.client(operation.service)
    headers = world.as_(operation.service, CLIENT)
    found = await rig.get("/webhooks?limit=100", headers=headers)
    items: list[dict[str, str]] = found.json()["items"]
    return items


def fixed(word: str) -> Maker:
    """A place of an address that names nothing which belongs to somebody."""

    async def make(world: "World", operation: "Operation", owner: Actor) -> Thing:
        return Thing(word)

    return make


MAKERS: dict[str, Maker] = {
    "account_id": account,
    "application_id": application,
    "client_id": client,
    "code": poster,
    "consent_id": consent,
    "delivery_id": delivery,
    "ending": fixed("xlsx"),
    "grant_id": grant,
    "import_id": sheet,
    "key_id": key,
    "kind": fixed("gig_workers"),
    "list_name": fixed("groups"),
    "member_id": member,
    "number": row,
    "person_id": person,
    "replay_id": replay,
    "union_id": union,
    "webhook_id": webhook,
    "year": fixed("2026"),
}
# What a worker may own; everything else is a union's.
OF_A_WORKER = {"application_id", "consent_id", "member_id", "person_id"}
# Places that name nothing of anybody's: everybody who may ask gets the same answer.
OF_NOBODY = {"code", "ending", "kind", "list_name", "year"}


def unknown(parameter: str) -> str:
    """An id that nobody has."""
    return str(new_id()) if parameter.endswith("id") else "999999"


def owner_for(operation: "Operation", actor: Actor) -> Actor:
    """Who prepared the thing that ``actor`` is tried on: four eyes want somebody else."""
    places = {one["name"] for one in operation.parameters("path")}
    is_own = actor.kind is Kind.WORKER and not OF_A_WORKER.isdisjoint(places)
    return actor if is_own else LI
