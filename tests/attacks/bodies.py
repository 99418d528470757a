"""A body that an operation accepts: its documented example, with names of things that exist."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

from tests.attacks.operations import FORM, Operation
from tests.attacks.things import RECEIVER
from tests.attacks.world import World
from tests.partner import new_key
from tests.people import CHEN, LI, TOWN

Value = Callable[[World], Awaitable[Any]]


async def _town(world: World) -> str:
    return str(TOWN)


async def _applications(world: World) -> list[str]:
    return [(await world.application(LI, "submitted"))["id"]]


async def _person_id(world: World) -> str:
    return await world.admitted(CHEN, "person_id")


async def _consents(world: World) -> list[dict[str, str]]:
    return world.membership.consents


async def _document(world: World) -> dict[str, str]:
    found: dict[str, str] = world.person()["document"]
    return found


async def _account(world: World) -> str:
    return f"li{world.number()}"


async def _union_name(world: World) -> str:
    return f"第{world.number()}分工会"


async def _sheet(world: World) -> str:
    return world.list_of_two()


async def _session(world: World) -> str:
    """A browser's session, as identity gave it out."""
    found: str = (await world.identity.worker(f"139{world.number():08d}"))["session"]
    return found


async def _assertion(world: World) -> str:
    """What the gateway vouched for at membership's door."""
    return world.as_("membership", LI)["Authorization"].removeprefix("Bearer ")


async def _base_level(world: World) -> int:
    return 4


async def _key(world: World) -> dict[str, str]:
    """A public key that no client has registered yet."""
    found: dict[str, str] = new_key().as_dict()
    return found


async def _receiver(world: World) -> str:
    return RECEIVER


async def _next_year(world: World) -> str:
    return "2027-01-01"


async def _version(world: World) -> str:
    return f"2027-{world.number()}"


# Names of things in bodies; an id that is not here stays as the example has it.
FIELDS: dict[str, Value] = {
    "account": _account,
    "application_ids": _applications,
    "consents": _consents,
    "document": _document,
    "file": _sheet,
    "jwk": _key,
    "parent_id": _town,
    "person_id": _person_id,
    "union_id": _town,
    "url": _receiver,
}
# What the example cannot know: what is taken already, over already, or given out by a service.
BY_OPERATION: dict[str, dict[str, Value]] = {
    "identity POST /v1/assertion-exchanges": {"assertion": _assertion},
    "identity POST /v1/session-exchanges": {"session": _session},
    "membership POST /v1/consent-texts": {"valid_from": _next_year, "version": _version},
    "membership POST /v1/unions": {"name": _union_name, "level": _base_level},
}


def example(operation: Operation) -> Any:
    """What the document shows; for a form, its fields; nothing where none is needed."""
    if operation.media == FORM:
        return dict.fromkeys(operation.body["properties"], "")
    content = operation.spec.get("requestBody", {}).get("content", {}).get(operation.media, {})
    if "example" in content:
        return deepcopy(content["example"])
    found = operation.body.get("examples")
    return deepcopy(found[0]) if found else None


async def accepted(world: World, operation: Operation) -> Any:
    """The example, made true in this world."""
    shown = example(operation)
    if not isinstance(shown, dict):
        return shown
    values = FIELDS | BY_OPERATION.get(str(operation), {})
    return await _made_true(world, shown, values)


async def _made_true(world: World, shown: dict[str, Any], values: dict[str, Value]) -> Any:
    found = {}
    for name, value in shown.items():
        if name in values and (name != "document" or isinstance(value, dict)):
            found[name] = await values[name](world)
        elif isinstance(value, dict):
            found[name] = await _made_true(world, value, values)
        else:
            found[name] = value
    return found
