"""Reading changes nothing (AUTH-08), and what is read is stored nowhere on the way (AUTH-07)."""

import httpx

from tests.attacks.kept import changed, kept
from tests.attacks.operations import Operation
from tests.attacks.things import CLIENT
from tests.attacks.world import EVERYBODY, STAFF_ROLES, World, staff
from tests.people import CHEN, LI

READERS = (staff(*STAFF_ROLES), CHEN, CLIENT, EVERYBODY["stranger"])
# Who looked is written down on purpose (PII-05): the trail and its seals grow.
GROWS_BY_READING = {"audit", "audit_seals"}
# What a service says itself; the gateway adds the rest.
HARDENED = {"x-content-type-options": "nosniff"}


async def test_no_get_changes_a_row_sets_a_cookie_or_may_be_stored(
    world: World, operations: list[Operation]
):
    reading = [one for one in operations if one.is_safe]
    prepared = [(one, await world.things(one, LI)) for one in reading]
    await world.membership.work()
    before = kept(world, but=GROWS_BY_READING)

    answers = [
        (one, await world.call(one, reader, things))
        for one, things in prepared
        for reader in READERS
    ]

    assert changed(before, kept(world, but=GROWS_BY_READING)) == []
    assert [f"{one}: {answer.headers}" for one, answer in answers if is_loose(one, answer)] == []
    assert sum(answer.status_code == 200 for _, answer in answers) > len(reading)


def is_loose(operation: Operation, answer: httpx.Response) -> bool:
    """Only what everybody may read may be stored; a refusal never."""
    is_stored = answer.headers.get("cache-control") != "no-store"
    may_be_stored = operation.is_public and answer.status_code == 200
    is_bare = not HARDENED.items() <= dict(answer.headers).items()
    return is_bare or "set-cookie" in answer.headers or (is_stored and not may_be_stored)
