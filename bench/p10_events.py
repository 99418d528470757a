"""P10: a fact from its commit in one part to its commit in another, alone and in a flood.

Included: the outbox row and its delivery, the wake-up, the relay (claim, signature, post, mark),
the hearer as a process of its own (signature, inbox row), one database with fsync for both. Left
out: what a hearer does about a fact. The time ends when the hearer's answer is back, that is after
its commit. The flood stands in the outbox before the relay starts.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import aiohttp
from sqlalchemy import func, select, text

from bench.hearer import TOPIC, settings
from deploy import cluster
from deploy.addresses import ROLES, ROOT, Database
from deploy.database import migrate, prepare
from deploy.keys import make_keys
from services.chassis.data.outbox import Delivery, Post
from services.chassis.data.store import Store, open_store
from services.chassis.data.wake import Waker
from services.chassis.edge.courier import read_secrets
from services.chassis.kernel.ids import new_id
from services.chassis.web.loops import relay_step, repeat, stop, woken
from services.chassis.web.telling import Teller
from services.membership.app import MEMBERSHIP
from services.membership.store.tables import CHASSIS

PORT = 9240
ALONE, PAUSE = 500, 0.01
FLOOD = int(os.environ.get("FLOOD", "100000"))
P50, P99, DRAIN = 5.0, 50.0, 20_000
FLOODED = """
with facts as (
    insert into membership.outbox (id, topic, subject, data, occurred_at)
    select gen_random_uuid(), :topic, gen_random_uuid(), '{"outcome": "admitted"}', now()
    from generate_series(1, :facts) returning seq, subject
)
insert into membership.deliveries (event_seq, hearer, subject, due_at)
select seq, 'identity', subject, now() from facts
"""


@dataclass
class Timed:
    """The relay's post, and when each fact was known to be heard."""

    post: Post
    heard: dict[UUID, float] = field(default_factory=dict)
    all_alone: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, hearer: str, deliveries: Sequence[Delivery]) -> Mapping[int, str]:
        refused = await self.post(hearer, deliveries)
        now = time.perf_counter()
        self.heard |= {one.subject: now for one in deliveries if one.seq not in refused}
        if len(self.heard) >= ALONE:
            self.all_alone.set()
        return refused


async def alone(store: Store, timed: Timed) -> list[float]:
    """Milliseconds for facts that come one at a time."""
    committed: dict[UUID, float] = {}
    for _ in range(ALONE):
        subject = new_id()
        async with store.begin() as tx:
            await tx.emit_fact(TOPIC, subject, {"outcome": "admitted"})
        committed[subject] = time.perf_counter()
        await asyncio.sleep(PAUSE)
    await timed.all_alone.wait()
    return [1000 * (timed.heard[subject] - at) for subject, at in committed.items()]


async def flood(store: Store) -> None:
    async with store.begin() as tx:
        await tx.session.execute(text(FLOODED), {"topic": TOPIC, "facts": FLOOD})
    async with store.reads.connect() as connection:
        await connection.execute(text("analyze membership.deliveries, membership.outbox"))


async def drained(store: Store) -> float:
    """Seconds until nothing is left to tell."""
    d, begun = store.tables.deliveries, time.perf_counter()
    left = select(func.count()).select_from(d).where(d.c.delivered_at.is_(None))
    while True:
        async with store.reads.connect() as connection:
            if await connection.scalar(left) == 0:
                return time.perf_counter() - begun
        await asyncio.sleep(0.05)


async def listening(session: aiohttp.ClientSession, url: str) -> None:
    """Return when the hearer answers."""
    for _ in range(600):
        with suppress(aiohttp.ClientError):
            async with session.get(f"{url}/livez") as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.1)
    raise SystemExit("the hearer did not start")


async def measure(url: str, home: Path) -> tuple[list[float], float]:
    told = settings("membership", url, home)
    store = await open_store(told, "membership", CHASSIS, {TOPIC: ("identity",)})
    secrets = read_secrets(told.webhook_secret_file)
    hearers = {"identity": f"http://127.0.0.1:{PORT}"}
    async with aiohttp.ClientSession() as session:
        await listening(session, hearers["identity"])
        timed = Timed(Teller(store, session, hearers, secrets, MEMBERSHIP.places))
        waker = Waker(url, "membership_outbox")
        relay = ("relay", relay_step(store, timed), woken(waker, told.loop_pause))
        running = [asyncio.create_task(repeat(*relay))]
        took = await alone(store, timed)
        await drained(store)  # the last marks too: what is cut off waits for the end of its lease
        await stop(running)
        await flood(store)
        running = [asyncio.create_task(repeat(*relay))]
        seconds = await drained(store)
        await stop(running)
        await waker.close()
    await store.close()
    return took, seconds


@contextmanager
def two_parts(home: Path) -> Iterator[Database]:
    """A durable database with both schemas, and the hearer in a process of its own."""
    make_keys(home / "keys")
    ours = cluster.open_cluster(home / "postgres", durable=True)
    try:
        address = cluster.start(ours, "bench")
        database = prepare(address, "niangjia", dict.fromkeys(ROLES, "bench"))
        migrate(database)
        told = {"HEARER_URL": database.url("identity"), "HEARER_HOME": str(home)}
        with subprocess.Popen(
            [sys.executable, "-m", "bench.hearer"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **told, "HEARER_PORT": str(PORT)},
        ) as hearer:
            try:
                yield database
            finally:
                hearer.terminate()
                hearer.wait()
    finally:
        cluster.stop(ours)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="niangjia-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        (home / "keys").mkdir()
        with two_parts(home) as database:
            took, seconds = asyncio.run(measure(database.url("membership"), home))
    p50, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
    rate = FLOOD / seconds
    print(f"alone: p50 {p50:.1f} ms (goal {P50:.0f}), p99 {p99:.1f} ms (goal {P99:.0f})")
    print(f"flood: {FLOOD} facts drained in {seconds:.1f} s, {rate:,.0f} a second (goal {DRAIN:,})")
    print(f"P10 ratio {rate / DRAIN:.2f} of the goal's rate, {p50 / P50:.2f} of its p50")
    return 0 if rate >= DRAIN and p50 <= P50 and p99 <= P99 else 1


if __name__ == "__main__":
    sys.exit(main())
