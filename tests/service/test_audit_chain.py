"""Nothing in the audit can be changed, taken out, put in or cut off without being found."""

import asyncio

import pytest
from sqlalchemy import func, insert, select, update

from services.chassis.data.audit import seal
from services.chassis.data.tx import Origin, audit_values
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id
from tests.audit_rig import check, seal_rows, tamper, write, write_and_seal


async def test_seal_chains_what_was_committed(store):
    await write_and_seal(store)
    await write(store, ["withdrawn"])

    found = await check(store)

    assert (found.batches, found.rows, found.unsealed) == (3, 6, 1)
    assert found.intact
    assert found.head is not None
    assert found.head.seq == 3


async def test_seal_of_nothing_makes_no_batch(store):
    assert await seal(store) == 0

    found = await check(store)

    assert (found.batches, found.rows, found.unsealed, found.head) == (0, 0, 0, None)
    assert found.intact


async def test_seal_waits_for_an_older_transaction(store):
    async with store.sessions.begin() as older:
        values = audit_values(SYSTEM, Origin(), utc_now(), "late", "application", None)
        await older.execute(insert(store.tables.audit).values(values))
        await write(store, ["early"])
        while_open = await seal(store)

    assert while_open == 0
    await seal_rows(store, 2)
    assert (await check(store)).intact


async def test_seal_by_many_processes_loses_and_doubles_nothing(store):
    async def writer():
        for _ in range(20):
            await write(store, ["read", "read"])

    async def sealer():
        for _ in range(20):
            await seal(store)

    await asyncio.gather(writer(), sealer(), sealer())
    await seal_rows(store, (await check(store)).unsealed)

    found = await check(store)
    assert (found.rows, found.unsealed, found.problems) == (40, 0, ())


async def test_seal_keeps_a_large_transaction_together(store):
    row = audit_values(SYSTEM, Origin(), utc_now(), "imported", "person", None)
    async with store.engine.begin() as connection:
        rows = [row | {"id": new_id()} for _ in range(4_500)]
        await connection.execute(insert(store.tables.audit), rows)

    await seal_rows(store, 4_500)
    found = await check(store)
    assert (found.batches, found.rows, found.problems) == (1, 4_500, ())


# fmt: off
TAMPERING = {
    "a flipped byte": (
        "update membership.audit set action = 'filleD' where action = 'filled'",
        ["第 1 批有记录被改动或调换了次序。"],
    ),
    "a changed detail": (
        "update membership.audit set details = '{}' where action = 'filled'",
        ["第 1 批有记录被改动或调换了次序。"],
    ),
    "a removed row": (
        "delete from membership.audit where action = 'assigned'",
        ["第 2 批应有 3 条记录，现有 2 条。"],
    ),
    "two rows exchanged": (
        "update membership.audit a set id = gen_random_uuid() where action = 'submitted'",
        ["第 2 批有记录被改动或调换了次序。"],
    ),
    "a removed seal": (
        "delete from membership.audit_seals where seq = 2",
        ["第 2 至 2 号封条缺失。"],
    ),
    "a changed seal": (
        "update membership.audit_seals set sealed_at = sealed_at + interval '1 s' where seq = 2",
        ["第 2 号封条被改动。"],
    ),
}
# fmt: on


@pytest.mark.parametrize("how", list(TAMPERING))
async def test_verify_finds_tampering(place, store, how):
    statement, problems = TAMPERING[how]
    await write_and_seal(store)

    await tamper(place, statement)

    found = await check(store)
    assert not found.intact
    assert set(problems) <= set(found.problems)


async def test_verify_finds_any_flipped_column(place, store):
    await write_and_seal(store)
    text_columns = [
        "action", "subject_kind", "actor_kind", "actor_id", "actor_name", "union_path", "before",
        "after", "reason", "request_id", "address", "client", "auth",
    ]  # fmt: skip

    audit = store.tables.audit
    for column in text_columns:
        longer = update(audit).values({column: audit.c[column] + "x"})
        await tamper(place, longer)
        assert not (await check(store)).intact, column
        await tamper(place, update(audit).values({column: func.left(audit.c[column], -1)}))

    assert (await check(store)).intact


async def test_verify_finds_rows_exchanged_between_batches(place, store):
    await write_and_seal(store)
    swap = (
        "update membership.audit a set xid = (select sum(distinct xid) - a.xid from "
        "membership.audit where action in ('opened', 'admitted')) "
        "where action in ('opened', 'admitted')"
    )

    await tamper(place, swap)

    assert len((await check(store)).problems) == 2


async def test_verify_finds_an_inserted_row(place, store):
    await write_and_seal(store)
    inside = select(func.max(store.tables.audit_seals.c.last_xid)).scalar_subquery()
    before = select(func.min(store.tables.audit_seals.c.first_xid) - 1).scalar_subquery()
    row = audit_values(SYSTEM, Origin(), utc_now(), "forged", "application", None)
    async with place.app.begin() as connection:
        audit = store.tables.audit
        await connection.execute(insert(audit).values(row | {"xid": inside}))
        await connection.execute(insert(audit).values(row | {"id": new_id(), "xid": before}))

    found = await check(store)

    assert "第 3 批应有 1 条记录，现有 2 条。" in found.problems
    assert any("是事后插入的" in problem for problem in found.problems)


async def test_verify_finds_truncation_against_an_anchor(place, store):
    await write_and_seal(store)
    head = (await check(store)).head
    await tamper(place, "delete from membership.audit where action = 'admitted'")
    await tamper(place, "delete from membership.audit_seals where seq = 3")

    without, against = await check(store), await check(store, head)

    assert without.intact
    assert against.problems == ("外部留存的第 3 号封条已不存在，末尾被截断。",)


async def test_verify_finds_a_chain_written_anew(place, store):
    await write_and_seal(store)
    head = (await check(store)).head
    await tamper(place, "delete from membership.audit where action = 'assigned'")
    await tamper(place, "delete from membership.audit_seals")
    await seal_rows(store, 5)
    await write_and_seal(store)

    without, against = await check(store), await check(store, head)

    assert without.intact
    assert against.problems == ("第 3 号封条与外部留存的锚点不符。",)
