"""Every action in every state: what the table does not list is a 409 and changes no row (AUTHZ-10).

The state is put into the row by hand, so that the states which pass by quickly are tried as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg
import pytest
from psycopg import sql

from services.chassis.kernel.lifecycle import Lifecycle
from services.identity.domain import client
from services.membership.domain import application, import_batch
from tests.attacks.kept import changed, kept
from tests.attacks.operations import Operation
from tests.attacks.things import Thing
from tests.attacks.world import STAFF_ROLES, World, staff
from tests.people import LI

ANYBODY = staff(*STAFF_ROLES)
# A refusal is itself written down (and sealed in time), and answered the same again under its key.
OF_REFUSALS = {"audit", "audit_seals", "idempotency"}


@dataclass(frozen=True)
class Life:
    """A lifecycle, where its state is kept, and which operation stands for which action."""

    service: str
    table: str
    place: str
    lifecycle: Lifecycle[Any, Any]
    states: type[StrEnum]
    doors: Mapping[StrEnum, tuple[str, Any]]


_APPLICATION = "/v1/applications/{application_id}"
_IMPORT = "/v1/imports/{import_id}"
_CLIENT = "/v1/clients/{client_id}"
LIVES = {
    "application": Life(
        "membership",
        "membership.applications",
        "application_id",
        application.LIFECYCLE,
        application.State,
        {
            application.Action.SUBMIT: (f"PUT {_APPLICATION}/submission", None),
            application.Action.RETURN: (f"PUT {_APPLICATION}/return", {"reason": "请补充平台"}),
            application.Action.ADMIT: (f"PUT {_APPLICATION}/decision", {"outcome": "admitted"}),
            application.Action.REFUSE: (
                f"PUT {_APPLICATION}/decision",
                {"outcome": "refused", "reason": "材料不齐"},
            ),
            application.Action.WITHDRAW: (f"PUT {_APPLICATION}/withdrawal", {"reason": "不办了"}),
        },
    ),
    "import": Life(
        "membership",
        "membership.imports",
        "import_id",
        import_batch.LIFECYCLE,
        import_batch.State,
        {
            import_batch.Action.MEND: (f"PATCH {_IMPORT}/rows/{{number}}", {"name": "张三丰"}),
            import_batch.Action.CONFIRM: (f"PUT {_IMPORT}/confirmation", None),
            import_batch.Action.CANCEL: (f"PUT {_IMPORT}/cancellation", None),
            import_batch.Action.REVERSE: (f"PUT {_IMPORT}/reversal", None),
        },
    ),
    "client": Life(
        "identity",
        "identity.api_clients",
        "client_id",
        client.LIFECYCLE,
        client.State,
        {
            client.Action.SUSPEND: (f"PUT {_CLIENT}/suspension", {"reason": "密钥泄露"}),
            client.Action.RESUME: (f"DELETE {_CLIENT}/suspension", None),
        },
    ),
}


@pytest.mark.parametrize("name", LIVES)
async def test_every_pair_that_is_not_in_the_table_is_refused_and_changes_nothing(
    world: World, operations: list[Operation], name: str
):
    life = LIVES[name]
    known = {str(one): one for one in operations}
    shaped = Operation(life.service, "POST", "", {"parameters": [_place(life.place)]}, {})
    things = await world.things(shaped, LI)
    wrong, tried = [], 0
    for state in life.states:
        things = {life.place: Thing(things[life.place].id, _put_in(world, life, things, state))}
        for action, (door, body) in life.doors.items():
            if _is_listed(life, state, action):
                continue
            operation = known[f"{life.service} {door}"]
            tried += 1
            wrong += await _refused(world, operation, _whole(world, operation, things), body, state)

    assert wrong == [], "\n".join(wrong)
    assert tried >= len(life.states)


def _place(name: str) -> dict[str, Any]:
    return {"in": "path", "name": name}


def _is_listed(life: Life, state: StrEnum, action: StrEnum) -> bool:
    return action in life.lifecycle.actions(state, frozenset(ANYBODY.roles))


def _put_in(world: World, life: Life, things: dict[str, Thing], state: StrEnum) -> int:
    query = sql.SQL("update {} set state = %s where id = %s returning version").format(
        sql.Identifier(*life.table.split("."))
    )
    with psycopg.connect(world.database.admin_url) as connection:
        found = connection.execute(query, (str(state), things[life.place].id)).fetchone()
    assert found is not None
    return int(found[0])


def _whole(world: World, operation: Operation, things: dict[str, Thing]) -> dict[str, Thing]:
    """The same thing, with its first row where the address goes on to a row."""
    if "{number}" not in operation.path:
        return things
    query = (
        "select number, version from membership.import_rows "
        "where import_id = %s and state = 'faulty'"
    )
    number, version = world.membership.rows(query, things["import_id"].id)[0]
    return things | {"number": Thing(str(number), version)}


async def _refused(
    world: World, operation: Operation, things: dict[str, Thing], body: Any, state: StrEnum
) -> list[str]:
    before = kept(world, but=OF_REFUSALS)
    answer = await world.call(operation, ANYBODY, things, body)
    tables = changed(before, kept(world, but=OF_REFUSALS))
    is_right = (answer.status_code, tables) == (409, [])
    return [] if is_right else [f"{operation} when {state}: {answer.text} {tables}"]
