"""Whoever follows a cursor sees how everything stands in the end, however writers overlap."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import BigInteger, Column, Integer, Table, Uuid, insert, select, update

from services.chassis.data.changes import CHANGED_NOW, changes
from services.chassis.data.pages import Cut
from services.chassis.data.read import Read
from services.chassis.data.store import Store, open_store
from services.chassis.data.tables import metadata
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Unprocessable
from tests import probe
from tests.clusters import TestDatabase
from tests.hooks_rig import eventually

THINGS = Table(
    "things",
    metadata("probe"),
    Column("id", Uuid, primary_key=True),
    Column("value", Integer),
    Column("changed_xid", BigInteger, server_default=CHANGED_NOW),
)
NUMBERED = """
create table probe.things (id uuid primary key, value int,
    changed_xid bigint not null default pg_current_xact_id()::text::bigint);
create function probe.number_change() returns trigger language plpgsql as $$ begin
    new.changed_xid := pg_current_xact_id()::text::bigint; return new; end $$;
create trigger things_number_their_changes before update on probe.things
    for each row execute function probe.number_change()
"""


@pytest.fixture
async def store(database: TestDatabase, keys_dir: Path, tmp_path: Path) -> AsyncIterator[Store]:
    url = probe.create_schema(database.admin_url)
    with psycopg.connect(database.admin_url) as connection:
        connection.execute(NUMBERED)
    settings = probe.settings(url, keys_dir, tmp_path, pool_size=8)
    store = await open_store(settings, "probe", probe.TABLES, {})
    yield store
    await store.close()


class Follower:
    """Another system that keeps a copy, a page at a time."""

    def __init__(self, store: Store, limit: int) -> None:
        self.store, self.limit = store, limit
        self.cursor: str | None = None
        self.copy: dict[UUID, int] = {}

    async def look(self) -> bool:
        read = Read(self.store, SYSTEM, probe.TODAY)
        page, c = Cut(self.limit, self.cursor), THINGS.c
        rows, self.cursor, more = await changes(read, select(THINGS), c.changed_xid, c.id, page)
        await read.close()
        self.copy |= {row.id: row.value for row in rows}
        return more

    async def follow(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            await self.look()
            await asyncio.sleep(0.001)

    async def catch_up(self, wanted: dict[UUID, int]) -> None:
        """What is open elsewhere in the cluster may hold the last changes back for a moment."""

        async def has() -> bool:
            while await self.look():
                pass
            return self.copy == wanted

        await eventually(has)


async def write(store: Store, chance: random.Random, ids: list[UUID]) -> None:
    """Transactions of all lengths, some of them in vain, that commit in any order."""
    for _ in range(12):
        made: list[UUID] = []
        async with store.engine.connect() as connection:
            for _ in range(chance.randrange(1, 4)):
                value = chance.randrange(1_000_000)
                if ids and chance.random() < 0.5:
                    row = update(THINGS).where(THINGS.c.id == chance.choice(ids))
                    await connection.execute(row.values(value=value))
                else:
                    made.append(new_id())
                    await connection.execute(insert(THINGS).values(id=made[-1], value=value))
                await asyncio.sleep(chance.choice((0, 0, 0.002, 0.02)))
            if chance.random() < 0.8:
                await connection.commit()
                ids += made


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_follower_misses_nothing_while_many_write(store, seed):
    ended = asyncio.Event()
    followers = [Follower(store, limit) for limit in (1, 7, 100)]
    following = [asyncio.create_task(one.follow(ended)) for one in followers]
    writers = (write(store, random.Random(f"{seed}-{n}"), []) for n in range(4))

    await asyncio.gather(*writers)
    ended.set()
    await asyncio.gather(*following)

    async with store.reads.connect() as connection:
        rows = (await connection.execute(select(THINGS))).all()
    truth = {row.id: row.value for row in rows}
    assert truth
    for one in followers:
        await one.catch_up(truth)


async def test_what_commits_late_is_seen_although_others_were_quicker(store):
    follower = Follower(store, 100)
    slow, quick = new_id(), new_id()
    async with store.engine.connect() as late:
        await late.execute(insert(THINGS).values(id=slow, value=1))
        async with store.engine.begin() as early:
            await early.execute(insert(THINGS).values(id=quick, value=2))
        await follower.look()
        before = dict(follower.copy)
        await late.commit()

    assert before == {}
    await follower.catch_up({slow: 1, quick: 2})


async def test_an_empty_look_leads_on_from_where_it_stood(store):
    follower = Follower(store, 100)
    await follower.look()
    began = follower.cursor
    made = new_id()
    async with store.engine.begin() as connection:
        await connection.execute(insert(THINGS).values(id=made, value=1))

    await follower.catch_up({made: 1})
    seen = follower.cursor
    await follower.look()

    assert began != seen == follower.cursor


async def test_a_cursor_that_nobody_gave_is_refused(store):
    follower = Follower(store, 100)
    follower.cursor = "bm90IG91cnM"

    with pytest.raises(Unprocessable):
        await follower.look()
