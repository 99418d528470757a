"""Who may do what: every operation, tried by everybody, is as ``docs/access.toml`` says."""

import tomllib
from pathlib import Path
from typing import Any

from services.chassis.kernel.actors import Actor
from tests.attacks.bodies import accepted
from tests.attacks.operations import Operation
from tests.attacks.things import Thing, owner_for
from tests.attacks.world import EVERYBODY, STAFF_ROLES, World

MATRIX = Path(__file__).resolve().parents[2] / "docs" / "access.toml"
# Words for many at once.
WORDS = {
    "everybody": set(EVERYBODY),
    "known": set(EVERYBODY) - {"stranger"},
    "staff": {str(role) for role in STAFF_ROLES},
    "readers": {"clerk", "reviewer", "approver", "finance", "auditor"},
}


def listed() -> dict[str, set[str]]:
    """The matrix as it is committed: operation -> who is let in."""
    return {
        f"{service} {name}": set().union(*(WORDS.get(word, {word}) for word in who.split()))
        for service, rows in tomllib.loads(MATRIX.read_text()).items()
        for name, who in rows.items()
    }


def is_refusal(operation: Operation, status: int) -> bool:
    """Not known, may not, or the thing that the address or body names is not there for them."""
    if operation.is_public:
        return status == 403
    names_a_thing = bool(operation.parameters("path")) or not operation.is_safe
    return status in {401, 403} or (status == 404 and names_a_thing)


async def let_in(world: World, operation: Operation) -> set[str]:
    """Those whom the operation does not turn away from a thing within their reach."""
    found: set[str] = set()
    prepared: dict[Actor, tuple[dict[str, Thing], Any]] = {}
    for word, actor in EVERYBODY.items():
        owner = owner_for(operation, actor)
        if owner not in prepared:
            things = await world.things(operation, owner)
            prepared[owner] = things, await accepted(world, operation)
        answer = await world.call(operation, actor, *prepared[owner])
        assert answer.status_code < 500, f"{operation}: {answer.text}"
        if not is_refusal(operation, answer.status_code):
            found.add(word)
            if not operation.is_safe:
                del prepared[owner]
    return found


async def test_every_operation_lets_in_exactly_those_whom_the_matrix_lists(
    world: World, operations: list[Operation]
):
    found = {str(one): await let_in(world, one) for one in operations}

    matrix = listed()
    wrong = [
        f"{name}: lets in {' '.join(sorted(who))}"
        for name, who in found.items()
        if who != matrix.get(name)
    ]
    assert wrong == [], "\n".join(wrong)
    assert set(matrix) == set(found)
