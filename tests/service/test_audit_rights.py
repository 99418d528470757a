"""The audit cannot be rewritten, cannot be passed by, and anybody who may read can verify it."""

import asyncio
import sys
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from services.chassis.data.audit import reading
from services.chassis.data.audit_chain import Anchor, parse_anchor
from services.chassis.data.tx import Origin, audit_values
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.clock import utc_now
from tests.audit_rig import tamper, write_and_seal


@pytest.mark.parametrize("table", ["audit", "audit_seals"])
@pytest.mark.parametrize("verb", ["update {} set {}", "delete from {}", "truncate {}"])
@pytest.mark.parametrize("role", ["app", "owner", "admin"])
async def test_audit_refuses_to_be_rewritten(place, store, table, verb, role):
    await write_and_seal(store)
    column = "action = 'x'" if table == "audit" else "rows = 9"
    statement = text(verb.format(f"membership.{table}", column))

    with pytest.raises(ProgrammingError, match=r"only ever added to|permission denied"):
        async with getattr(place, role).begin() as connection:
            await connection.execute(statement)


async def test_reading_writes_the_audit_row_in_the_statement_that_reads(store):
    jobs, audit = store.tables.jobs, store.tables.audit
    subject = UUID(int=7)
    values = audit_values(SYSTEM, Origin("r-1"), utc_now(), "person.read", "person", subject)

    async with store.reads.connect() as connection:
        rows = (await connection.execute(reading(select(jobs.c.id), audit, values))).all()

    assert rows == []
    async with store.engine.connect() as connection:
        columns = select(audit.c.action, audit.c.subject, audit.c.request_id)
        assert (await connection.execute(columns)).all() == [("person.read", subject, "r-1")]


async def test_reading_without_the_right_to_audit_reads_nothing(place, store):
    async with place.admin.begin() as connection:
        await connection.execute(
            text(f"revoke insert on membership.audit from {place.app.url.username}")
        )
    values = audit_values(SYSTEM, Origin(), utc_now(), "person.read", "person", None)
    query = reading(select(store.tables.jobs.c.id), store.tables.audit, values)

    with pytest.raises(ProgrammingError, match="permission denied"):
        async with store.reads.connect() as connection:
            await connection.execute(query)


async def test_verify_audit_command_answers_by_its_exit_code(place, store):
    await write_and_seal(store)

    good, words = await run(place)
    anchor = next(line for line in words.splitlines() if "锚点" in line).partition("：")[2]
    await tamper(place, "update membership.audit set reason = 'x' where action = 'read'")
    bad, complaint = await run(place, "--anchor", anchor)

    assert (good, bad) == (0, 1)
    assert "审计链完整。" in words
    assert "第 2 批有记录被改动" in complaint


async def run(place, *more):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.chassis.data.verify_audit",
        "--url", place.app_url, "--schema", "membership", *more,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    return process.returncode, out.decode()


def test_anchor_is_read_as_it_was_written():
    anchor = Anchor(12, bytes(range(32)))

    assert parse_anchor(str(anchor)) == anchor


@pytest.mark.parametrize("written", ["", "12", "12:00", "x:" + "0" * 64, "1:" + "g" * 64])
def test_anchor_that_is_none_is_refused(written):
    with pytest.raises(ValueError):  # noqa: PT011 -- every one says something else
        parse_anchor(written)
