"""Nobody reaches beside or above their own union: another's id is as good as no id (AUTHZ-02)."""

from typing import Any

from tests.attacks.bodies import accepted
from tests.attacks.operations import Operation
from tests.attacks.reach import BESIDE, ELSEWHERE, OUTSIDERS, id_fields, id_queries, told, with_id
from tests.attacks.things import OF_NOBODY, TELLING, Thing, unknown
from tests.attacks.world import STAFF_ROLES, World, staff
from tests.people import DING, LI

# The id of another union's thing, for each name that a query or a body gives to an id.
NAMED = {
    "account_id": "account_id",
    "actor": "account_id",
    "application_ids": "application_id",
    "batch": "import_id",
    "batch_id": "import_id",
    "client_id": "client_id",
    "parent": "union_id",
    "parent_id": "union_id",
    "person": "person_id",
    "person_id": "person_id",
    "subject": "application_id",
    "union": "union_id",
    "union_id": "union_id",
}
# Every union's public facts are everybody's, so a refusal may say that the union is there.
OPEN_TO_ALL = {"membership GET /v1/unions/{union_id}/public"}
# Anybody may join any union.
JOINING = {
    "membership POST /v1/applications union_id",
    "membership PATCH /v1/applications/{application_id} union_id",
}


def is_nobodys(operation: Operation) -> bool:
    places = {one["name"] for one in operation.parameters("path")}
    silent = "webhook_id" in places and operation.service not in TELLING
    return places <= OF_NOBODY or str(operation) in OPEN_TO_ALL or silent


def nothing(things: dict[str, Thing]) -> dict[str, Thing]:
    """The same address without anything at it."""
    return {
        name: thing if name in OF_NOBODY else Thing(unknown(name), thing.version)
        for name, thing in things.items()
    }


async def test_things_of_another_union_are_as_if_they_did_not_exist(
    world: World, operations: list[Operation]
):
    leaks = []
    for operation in operations:
        if is_nobodys(operation) or not operation.parameters("path"):
            continue
        things, body = await world.things(operation, LI), await accepted(world, operation)
        absent = nothing(things)
        for outsider in OUTSIDERS:
            theirs = await world.call(operation, outsider, things, body)
            none = await world.call(operation, outsider, absent, body)
            if told(theirs) != told(none) or theirs.status_code not in {403, 404}:
                leaks.append(f"{operation} as {outsider.name}: {told(theirs)} {told(none)}")

    assert leaks == [], "\n".join(leaks)


async def test_ids_in_queries_and_bodies_reach_no_further(
    world: World, operations: list[Operation]
):
    leaks, seen = [], set()
    for operation in operations:
        for name in id_queries(operation):
            seen.add(name)
            leaks += await _compared(world, operation, name, in_query=True)
        for name in id_fields(operation) if operation.media else ():
            seen.add(name)
            leaks += await _compared(world, operation, name, in_query=False)

    assert leaks == [], "\n".join(leaks)
    assert seen <= set(NAMED)


async def _compared(world: World, operation: Operation, name: str, *, in_query: bool) -> list[str]:
    """Another union's id beside an id that nobody has, for every outsider."""
    if f"{operation} {name}" in JOINING:
        return []
    place = {"in": "path", "name": NAMED[name]}
    shaped = Operation(operation.service, "GET", "", {"parameters": [place]}, {})
    foreign = (await world.things(shaped, LI))[NAMED[name]].id
    things, body = await world.things(operation, LI), await accepted(world, operation)
    leaks = []
    is_union = NAMED[name] == "union_id"
    for outsider in (BESIDE, ELSEWHERE, DING) if is_union else OUTSIDERS:
        answers = []
        for value in (foreign, unknown(NAMED[name])):
            query = {name: value} if in_query else None
            sent = body if in_query else with_id(operation, body, name, value)
            answers.append(told(await world.call(operation, outsider, things, sent, query)))
        if is_union and answers[0][0] == 403:
            continue
        if _less(answers[0], foreign) != _less(answers[1], value):
            leaks.append(f"{operation} {name} as {outsider.name}: {answers}")
    return leaks


def _less(answer: tuple[int, Any, str | None], own: str) -> str:
    """The answer without the id that was sent: it may come back as it was."""
    return str(answer).replace(own, "…")


async def test_the_level_above_sees_what_lies_below(world: World, operations: list[Operation]):
    unseen = []
    for operation in operations:
        if is_nobodys(operation) or not operation.is_safe or not operation.parameters("path"):
            continue
        things = await world.things(operation, LI)
        status = (await world.call(operation, staff(*STAFF_ROLES), things)).status_code
        if status != 200:
            unseen.append(f"{operation}: {status}")

    assert unseen == []
