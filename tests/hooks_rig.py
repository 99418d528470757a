"""A client with a hook, a receiver that misbehaves on command, and a clock that can be moved."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web
from sqlalchemy import select

from services.chassis.data import hooks, outbox
from services.chassis.data.hooks import Wanted
from services.chassis.data.read import Read
from services.chassis.data.store import Store
from services.chassis.edge.outside import Outside
from services.chassis.edge.targets import targets_of
from services.chassis.kernel.actors import Actor, Kind
from services.chassis.kernel.hooks import Filter
from services.chassis.web.hook_courier import HookCourier
from services.chassis.web.telling import Teller
from tests import people, probe

LOOPBACK = ("127.0.0.0/8",)
PATHS = {
    people.COUNTY: people.COUNTY_PATH,
    people.TOWN: people.TOWN_PATH,
    people.OTHER_TOWN: people.OTHER_TOWN_PATH,
}


def client(name: str, union: UUID, path: str, *scopes: str) -> Actor:
    return Actor(
        Kind.SERVICE,
        UUID(int=sum(name.encode())),
        f"{name}平台",
        union,
        path,
        roles=frozenset(),
        client=name,
        auth="private_key_jwt",
        scopes=frozenset(scopes or ("probe:webhooks.manage",)),
    )


RIDERS = client("riders", people.TOWN, people.TOWN_PATH)
OTHERS = client("others", people.OTHER_TOWN, people.OTHER_TOWN_PATH)
IDLE = client("idle", people.TOWN, people.TOWN_PATH, "probe:notes.read")


class Places:
    """Where the unions stand; a test may move one."""

    def __init__(self) -> None:
        self.paths = dict(PATHS)

    async def __call__(self, read: Read, unions: Collection[UUID]) -> Mapping[UUID, str]:
        return {union: self.paths[union] for union in unions if union in self.paths}


@dataclass
class Clock:
    now: datetime = probe.TODAY

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Receiver:
    """Somebody else's server: answers what it is told to, and remembers what it got."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    stuck: set[str] = field(default_factory=set)
    got: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.got.append((request.path, dict(request.headers), body))
        if request.path in self.stuck:
            await self.release.wait()
        return web.Response(status=self.status, headers=self.headers, text=self.body)

    async def has(self, posts: int = 1) -> None:
        async def came() -> bool:
            return len(self.got) >= posts

        await eventually(came)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.got]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield receiver
    finally:
        receiver.release.set()
        await runner.cleanup()


async def eventually(holds: Callable[[], Awaitable[Any]], seconds: float = 10) -> Any:
    """What ``holds`` answers as soon as that is true."""
    for _ in range(int(seconds * 50)):
        if found := await holds():
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come about")


@dataclass
class Rig:
    """The relay and the courier of one store, taken step by step."""

    store: Store
    clock: Clock
    places: Places
    receiver: Receiver
    teller: Teller
    courier: HookCourier

    async def hook(
        self, path: str = "/in", actor: Actor = RIDERS, wanted: Filter = Filter()
    ) -> UUID:
        async with self.store.begin(actor) as tx:
            said = Wanted(self.receiver.url + path, ("probe.note.written",), wanted, "")
            row, _ = await hooks.create(tx, said)
        return UUID(str(row.id))

    async def tell(self, *subjects: UUID, union: UUID = people.TOWN) -> None:
        for subject in subjects:
            async with self.store.begin() as tx:
                await tx.emit_fact("probe.note.written", subject, {"name": "x"}, union_id=union)

    async def step(self) -> None:
        """Everything that is due now goes out, and what follows from that."""
        while await outbox.deliver(self.store, self.teller):
            pass
        while await self.courier.step():
            await self.courier.settled()

    async def courier_round(self) -> bool:
        """Let the relay run dry and the courier begin what it may, waiting for no receiver."""
        while await outbox.deliver(self.store, self.teller):
            pass
        before = len(self.receiver.got)
        found = await self.courier.step()
        await asyncio.sleep(0.05)
        return found or len(self.receiver.got) > before

    async def pass_time(self, span: timedelta, by: timedelta = timedelta(minutes=30)) -> None:
        end = self.clock.now + span
        while self.clock.now < end:
            self.clock.now = min(end, self.clock.now + by)
            await self.step()

    async def rows(self, name: str) -> list[Any]:
        table = getattr(self.store.tables, name)
        async with self.store.reads.connect() as connection:
            key = table.c.event_seq if "event_seq" in table.c else table.c[0]
            return list((await connection.execute(select(table).order_by(key))).all())


@asynccontextmanager
async def rigged(store: Store, clock: Clock) -> AsyncIterator[Rig]:
    places = Places()
    async with (
        receiving() as receiver,
        aiohttp.ClientSession() as session,
        Outside(targets_of(LOOPBACK, is_local=True)) as outside,
    ):
        teller = Teller(store, session, {}, ("whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",), places)
        courier = HookCourier(store, places, outside, "https://niangjia.example.cn")
        yield Rig(store, clock, places, receiver, teller, courier)
        await courier.close()
