"""What was backed up comes back as it was at an instant, and is checked before anybody uses it."""

import asyncio
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from deploy import cluster, database
from deploy.addresses import named
from deploy.backup.base import take_base
from deploy.backup.marks import take_mark
from deploy.backup.settings import Settings, Source
from deploy.drill import archived
from deploy.keys import make_keys
from deploy.restore.command import Restored, restore
from deploy.site import Site
from deploy.voice import Trouble
from services.chassis.data.attachments import Attachments
from services.chassis.data.audit import seal
from services.chassis.data.store import Store, open_store
from services.identity.store import workers
from services.identity.store.tables import CHASSIS as IDENTITY
from services.membership.domain.union_facts import UnionFacts
from services.membership.store.tables import CHASSIS as MEMBERSHIP
from services.membership.usecases.unions.found_topmost_union import found_topmost_union
from tests import probe
from tests.clusters import PASSWORD, PASSWORDS

FACTS = UnionFacts(name="江州市总工会", level=1, kind="9", division="320500")
PHONE = "13800001234"
SECONDS = 20


@dataclass(frozen=True, slots=True)
class Office:
    """A database of its own, durable as in production, and the folder that it is backed up to."""

    base: Path
    cluster: cluster.Cluster
    url: str
    source: Source

    def restored_to(self, at: datetime | None, name: str = "again") -> Restored:
        return restore(self.source.folder, at, self.home(name), self.source.keys)

    def home(self, name: str = "again") -> Site:
        home = self.base / name
        home.mkdir(mode=0o711, exist_ok=True)
        return Site(home=home, host="127.0.0.1", port=8000, small=True, database="niangjia")

    def burn(self) -> float:
        """The server dies in the middle of its work, every process of it, and its disk with it."""
        at = time.time()
        while inhabitants := [one for one in Path("/proc").glob("[0-9]*") if self._lives(one)]:
            for process in inhabitants:
                with suppress(ProcessLookupError):
                    os.kill(int(process.name), signal.SIGKILL)
            time.sleep(0.01)
        shutil.rmtree(self.cluster.data)
        return at

    def _lives(self, process: Path) -> bool:
        with suppress(OSError):
            return (process / "cwd").readlink() == self.cluster.data
        return False


@pytest.fixture
def office() -> Iterator[Office]:
    with TemporaryDirectory(prefix="niangjia-restore-") as made:
        base = Path(made)
        base.chmod(0o711)
        make_keys(base / "keys")
        ours = cluster.open_cluster(base / "postgres")
        admin = cluster.start(ours, PASSWORD)
        try:
            database.migrate(database.prepare(admin, "niangjia", PASSWORDS))
            url = named(admin, "niangjia")
            files = {"membership": base / "files", "identity": base / "none"}
            given = Settings(files_seconds=0.2, mark_seconds=3600)
            source = Source(url, base / "backup", files, base / "keys", "drill", given)
            yield Office(base, ours, url, source)
        finally:
            cluster.stop(ours)


async def opened(office: Office, service: str) -> Store:
    made = database.Database(office.url, PASSWORDS).url(service)
    settings = probe.settings(made, office.source.keys, office.base)
    tables = {"identity": IDENTITY, "membership": MEMBERSHIP}[service]
    return await open_store(settings, service, tables, {})


async def write_something(office: Office) -> None:
    """A union with its audit, a worker's sealed phone, and a file."""
    membership, identity = await opened(office, "membership"), await opened(office, "identity")
    files = Attachments(office.source.files["membership"])
    async with membership.begin() as tx:
        await found_topmost_union(tx, FACTS)
        await files.keep(tx, await files.receive(Sheet(), 1000))
        read = await files.receive(Sheet(), 1000)
        await files.keep(tx, read)
        files.discard(read)
    async with identity.begin() as tx:
        await workers.with_phone(tx, PHONE)
        await tx.record("worker.registered", "worker", None)
    for store in (membership, identity):
        assert await seal(store) > 0
        await store.close()


class Sheet:
    filename = "名单.csv"

    def __init__(self) -> None:
        self.left = [b"name\n"]

    async def read(self, size: int = -1) -> bytes:
        return self.left.pop() if self.left else b""


async def test_a_restore_to_an_instant_brings_back_exactly_what_was_there_before_the_accident(
    office: Office,
):
    with archived(office.source):
        take_base(office.source)
        await write_something(office)
        await asyncio.sleep(0.5)
        mark = take_mark(office.source)
        with psycopg.connect(office.url, autocommit=True) as connection:
            connection.execute("delete from identity.workers")
            connection.execute("drop table membership.union_posters")
        take_mark(office.source)

    office.burn()
    done = await asyncio.to_thread(office.restored_to, mark.at)
    lines = [finding.sentence for finding in done.findings]

    assert mark.exact
    assert done.is_whole, lines
    assert any("rows as marked" in line for line in lines)
    assert any("membership: 2, 已按规定删除 removed 1, 缺 lost 0" in line for line in lines)
    assert any("workers.phone_sealed: 1 个可解 opened, 0" in line for line in lines)
    assert sum("holds the anchor" in line for line in lines) == 2
    again = cluster.open_cluster(office.home().postgres)
    assert (again.data / "PG_VERSION").is_file()
    assert cluster.running_port(again) is None
    with pytest.raises(Trouble, match="already"):
        office.restored_to(mark.at)
    with pytest.raises(Trouble, match="earliest"):
        office.restored_to(mark.at - timedelta(days=1), "too-early")


@pytest.mark.prove
def test_a_fire_in_the_middle_of_the_work_costs_seconds(office: Office):
    kept, over = list[str](), threading.Event()
    writers = [threading.Thread(target=keep_writing, args=(office, kept, over)) for _ in range(4)]
    with archived(office.source):
        take_base(office.source)
        for writer in writers:
            writer.start()
        time.sleep(SECONDS)
        burnt_at = office.burn()
        over.set()
    for writer in writers:
        writer.join()

    done = office.restored_to(None)
    lost = set(kept) - set(rows_of(office))
    rpo = burnt_at - done.reached.timestamp() if done.reached else burnt_at
    print(f"{len(kept)} acknowledged, {len(lost)} lost, RPO {rpo:.2f} s, RTO {done.seconds:.1f} s")  # noqa: T201  # the figures that the proof is for

    assert len(kept) > 1000
    assert done.is_whole, done.findings
    assert rpo < 5
    assert len(lost) < len(kept) / 10
    assert done.seconds < 900


def keep_writing(office: Office, kept: list[str], over: threading.Event) -> None:
    with suppress(psycopg.Error), psycopg.connect(office.url, autocommit=True) as connection:
        while not over.is_set():
            row = connection.execute(
                "insert into identity.inbox (source, id, topic, received_at)"
                " values ('drill', gen_random_uuid(), 'drill', now()) returning id::text"
            ).fetchone()
            kept.extend(row or ())


def rows_of(office: Office) -> Iterator[str]:
    """What stands in the restored cluster, started as a run would start it."""
    home = office.home()
    again = cluster.open_cluster(home.postgres)
    try:
        password = json.loads(home.passwords.read_text())[cluster.ADMINISTRATOR]
        url = named(cluster.start(again, password), "niangjia")
        with psycopg.connect(url) as connection:
            yield from (row[0] for row in connection.execute("select id::text from identity.inbox"))
    finally:
        cluster.stop(again)
