"""What others have leaves no trace: answers are the same whether or not it exists (AUTHZ-09)."""

from collections.abc import Mapping
from typing import Any

from services.chassis.kernel.actors import Actor
from tests.attacks.bodies import example
from tests.attacks.operations import JSON, Operation
from tests.attacks.reach import OUTSIDERS, told
from tests.attacks.things import MAKERS, Thing, unknown
from tests.attacks.world import World
from tests.people import LI, TOWN

# An exact document may be looked for nationwide: staff only, counted and audited (M-21).
EXCEPT = {
    "membership POST /v1/register-checks",
    # The chain is one for the whole service; an auditor anywhere may check that it holds.
    "identity GET /v1/audit/verification",
    "membership GET /v1/audit/verification",
}
# The name and the numbers of the person whom the others have, as somebody who guesses types them.
NAME, INITIALS, TAIL = "欧阳雪芹", "oyxq", "0001"
TYPED = (NAME, INITIALS, TAIL, NAME[:2])
LISTS = ("text", "q", "action")


def is_looking(operation: Operation) -> bool:
    """Reads, and searches whose words travel in a body."""
    searches = operation.method == "POST" and operation.path.endswith("/searches")
    return operation.is_safe or searches


async def everything_seen(
    world: World, operations: list[Operation], things: Mapping[str, Thing], outsider: Actor
) -> dict[str, Any]:
    """All that this person can look at, with every word that they may type."""
    seen: dict[str, Any] = {}
    for operation in operations:
        if not is_looking(operation) or str(operation) in EXCEPT:
            continue
        if operation.path.endswith("/progress"):
            continue  # a stream of one thing, which the table of reach covers
        places = {one["name"]: things[one["name"]] for one in operation.parameters("path")}
        for body, query in _asked(operation):
            answer = await world.call(operation, outsider, places, body, query)
            seen[f"{operation} {body or query}"] = told(answer), answer.headers.get("link")
    return seen


def _asked(operation: Operation) -> list[tuple[Any, dict[str, Any] | None]]:
    if operation.path.endswith("/audit"):
        # Looking leaves a trace of its own; what matters is what the others did.
        return [(None, {"actor": str(LI.id)})]
    fields = operation.body.get("properties", {}) if operation.media == JSON else {}
    if "text" in fields:
        return [(example(operation) | {"text": word}, None) for word in TYPED]
    words = [one["name"] for one in operation.parameters("query") if one["name"] in LISTS]
    return [(None, None), *((None, {name: word}) for name in words for word in TYPED)]


async def other_peoples_things(world: World) -> dict[str, Thing]:
    """One thing of each kind at the town, and somebody with a name that nobody else has."""
    whole = Operation("membership", "PUT", "", {}, {})
    made = {name: await make(world, whole, LI) for name, make in MAKERS.items()}
    person = world.person() | {"name": NAME}
    await world.membership.admitted(LI, person=person)
    await world.membership.submitted(LI, person=world.person() | {"name": NAME})
    return made


async def test_answers_do_not_change_with_what_others_have(
    world: World, operations: list[Operation]
):
    things = {name: Thing(unknown(name)) for name in MAKERS}
    things |= {"union_id": Thing(str(TOWN)), "list_name": Thing("groups"), "year": Thing("2026")}
    before = [await everything_seen(world, operations, things, one) for one in OUTSIDERS]

    made = await other_peoples_things(world)

    after = [await everything_seen(world, operations, things, one) for one in OUTSIDERS]
    pairs = zip(before, after, strict=True)
    changed = [where for old, new in pairs for where in old if old[where] != new[where]]
    assert changed == []
    theirs = [await everything_seen(world, operations, made, one) for one in OUTSIDERS]
    shown = [f"{where}" for seen in theirs for where, answer in seen.items() if NAME in str(answer)]
    assert shown == []


async def test_those_above_do_see_what_was_looked_for(world: World, operations: list[Operation]):
    """The table would prove nothing if its words found nobody."""
    person = world.person() | {"name": NAME}
    await world.membership.admitted(LI, person=person)
    await world.membership.submitted(LI, person=world.person() | {"name": NAME})
    things = {name: Thing(unknown(name)) for name in MAKERS}

    seen = await everything_seen(world, operations, things, LI)

    showing = {" ".join(where.split()[:3]) for where, answer in seen.items() if NAME in str(answer)}
    assert {
        "membership POST /v1/members/searches",
        "membership POST /v1/applications/searches",
        "membership GET /v1/applications",
    } <= showing
