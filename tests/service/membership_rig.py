"""A running membership service with four unions, a clock to turn, and workers' phones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from stdnum.iso7064 import mod_11_2

from services.chassis.data.deadlines import fire_one
from services.chassis.data.jobs import Pace, run_worker
from services.chassis.edge.assertions import load_key, sign_actor
from services.chassis.kernel.actors import ANONYMOUS, Actor, Kind, Role
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.names import pinyin
from services.chassis.kernel.refusals import Unavailable
from services.membership.app import MEMBERSHIP, create_app
from services.membership.settings import Settings
from services.membership.store.tables import Poster, Union
from services.membership.worker import handlers
from tests.clusters import TestDatabase
from tests.people import (
    CHEN,
    COUNTY,
    COUNTY_PATH,
    DING,
    LI,
    OTHER_TOWN,
    OTHER_TOWN_PATH,
    TOWN,
    TOWN_PATH,
    WANG,
)

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)  # nine o'clock in Shanghai, a Monday
STATION = UUID(int=0x72)  # a delivery station's own union, below the town
STATION_PATH = f"{TOWN_PATH}{STATION.hex}/"
POSTER = "7KQ2MX"
CHEN_PHONE, DING_PHONE = "13851230001", "13851230002"
GU = Actor(
    Kind.STAFF,
    UUID(int=8),
    "顾审批",
    COUNTY,
    COUNTY_PATH,
    "江临县总工会",
    frozenset({Role.APPROVER}),
    auth="password+totp",
    session=UUID(int=0x5008),
)
CODE = "320599001"
# id, parent, path, level, kind, code, name, division, whether it takes in everybody
# fmt: off
UNIONS = (
    (COUNTY, None, COUNTY_PATH, 2, "9", CODE, "江临县总工会", "320599", False),
    (TOWN, COUNTY, TOWN_PATH, 3, "9", f"{CODE}001", "唐桥镇总工会", "320599101", True),
    (OTHER_TOWN, COUNTY, OTHER_TOWN_PATH, 3, "9", f"{CODE}002", "金港镇总工会", "320599102", True),
    (STATION, TOWN, STATION_PATH, 4, "0", f"{CODE}001001", "蓝骑士配送站工会", "320599101", False),
)
# fmt: on


def resident_id(number: int, birth: date = date(1990, 5, 6), area: str = "320599") -> str:
    """A made-up resident id with the right check digit; even numbers are women's."""
    body = f"{area}{birth:%Y%m%d}{number:03d}"
    return body + mod_11_2.calc_check_digit(body)


@dataclass
class Clock:
    """Time stands still until a test moves it."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Phones:
    """Stands in for identity: which phone a log-in has proved."""

    rig: "Rig"
    known: dict[UUID, str] = field(
        default_factory=lambda: {CHEN.id: CHEN_PHONE, DING.id: DING_PHONE}
    )
    is_down: bool = False

    async def phone_of(self, assertion: str) -> str:
        if self.is_down:
            raise Unavailable("身份服务暂时无法连接，请稍后再试。")
        return self.known[self.rig.spoken[assertion].id]


@dataclass
class Rig:
    app: FastAPI
    client: httpx.AsyncClient
    clock: Clock
    keys: Path
    database: TestDatabase
    spoken: dict[str, Actor] = field(default_factory=dict)
    consents: list[dict[str, str]] = field(default_factory=list)

    @property
    def phones(self) -> Phones:
        found: Phones = self.app.state.identity
        return found

    def as_(self, actor: Actor = ANONYMOUS, **headers: str) -> dict[str, str]:
        token = sign_actor(load_key(self.keys / "gateway.jwk"), actor, "membership", self.clock.now)
        self.spoken[token] = actor
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {token}", "X-Request-Id": "test-request-0001"} | named

    async def get(self, actor: Actor, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, headers=self.as_(actor), params=params)

    async def post(
        self, actor: Actor, path: str, body: Any = None, key: str = ""
    ) -> httpx.Response:
        headers = self.as_(actor, Idempotency_Key=key or f"key-{new_id()}")
        return await self.client.post(path, json=body, headers=headers)

    async def put(
        self, actor: Actor, path: str, body: Any = None, etag: str = '"1"', key: str = ""
    ) -> httpx.Response:
        headers = self.as_(actor, Idempotency_Key=key or f"key-{new_id()}", If_Match=etag)
        return await self.client.put(path, json=body, headers=headers)

    async def patch(self, actor: Actor, path: str, body: Any, etag: str = '"1"') -> httpx.Response:
        return await self.client.patch(path, json=body, headers=self.as_(actor, If_Match=etag))

    def form(self, number: int = 1, **other: Any) -> dict[str, Any]:
        """What a courier's form says; each number is another person."""
        person = {"name": "陈小虎", "document": {"kind": "111", "number": resident_id(number)}}
        return {
            "union_id": str(TOWN),
            "person": person,
            "group_code": "G06",
            "platforms": ["meituan", "饿了么"],
            "situation": {"relation": "partial"},
            "work_division": "320582",
            "consents": self.consents,
        } | other

    async def draft(self, actor: Actor = LI, number: int = 1, **other: Any) -> dict[str, Any]:
        made = await self.post(actor, "/applications", self.form(number, **other))
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    async def submitted(self, actor: Actor = LI, number: int = 1, **other: Any) -> dict[str, Any]:
        made = await self.draft(actor, number, **other)
        done = await self.put(actor, f"/applications/{made['id']}/submission")
        assert done.status_code == 200, done.text
        found: dict[str, Any] = done.json()
        return found

    async def decide(
        self,
        application: dict[str, Any],
        outcome: str = "admitted",
        actor: Actor = WANG,
        reason: str = "材料齐全",
    ) -> httpx.Response:
        path = f"/applications/{application['id']}/decision"
        body = {"outcome": outcome, "reason": reason}
        return await self.put(actor, path, body, etag=f'"{application["version"]}"')

    async def admitted(self, actor: Actor = LI, number: int = 1, **other: Any) -> dict[str, Any]:
        done = await self.decide(await self.submitted(actor, number, **other))
        assert done.status_code == 200, done.text
        found: dict[str, Any] = done.json()
        return found

    async def work(self) -> None:
        """Carry out every job that waits, in this process."""
        stop = asyncio.Event()
        pace = Pace(poll=0.05, lease=timedelta(seconds=2), beat=0.5, reap=0.2)
        store, found = self.app.state.store, handlers(self.app.state.settings)
        worker = asyncio.create_task(run_worker(store, found, stop, pace=pace))
        waiting = "select count(*) from membership.jobs where state in ('queued', 'running')"
        for _ in range(600):
            if self.rows(waiting) == [(0,)]:
                break
            await asyncio.sleep(0.05)
        stop.set()
        await worker

    async def sweep(self) -> None:
        """Every deadline that is due."""
        while await fire_one(self.app.state.store, MEMBERSHIP.deadlines):
            pass

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.admin_url) as connection:
            return connection.execute(query, values).fetchall()

    def audited(self, action: str) -> list[tuple[Any, ...]]:
        query = (
            "select actor_name, before, after, reason, subject from membership.audit "
            "where action = %s order by id"
        )
        return self.rows(query, action)

    def told(self, topic: str) -> list[dict[str, Any]]:
        query = "select data from membership.outbox where topic = %s order by seq"
        return [row[0] for row in self.rows(query, topic)]


@asynccontextmanager
async def running(database: TestDatabase, keys: Path, **more: Any) -> AsyncIterator[Rig]:
    clock = Clock()
    settings = Settings(
        mode="local",
        database_url=database.url("membership"),
        private_key=keys / "membership.jwk",
        trust=keys / "trust.jwks",
        keys=keys / "kek.json",
        webhook_secret_file=keys / "webhook.secret",
        **{"data_dir": keys, "loop_pause": 60, **more},
    )
    app = create_app(settings, clock)
    transport = httpx.ASGITransport(app)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://membership/v1") as client,
    ):
        rig = Rig(app, client, clock, keys, database)
        app.state.identity = Phones(rig)
        await _settle(rig)
        yield rig


async def _settle(rig: Rig) -> None:
    async with rig.app.state.store.begin() as tx:
        for id_, parent, path, level, kind, code, name, division, catches in UNIONS:
            full, initials = pinyin(name)
            tx.session.add(
                Union(
                    id=id_,
                    parent_id=parent,
                    path=path,
                    level=level,
                    kind=kind,
                    code=code,
                    name=name,
                    pinyin=full,
                    initials=initials,
                    words=name,
                    division=division,
                    catches_all=catches,
                    phone="0512-58000000",
                    created_at=rig.clock.now,
                    updated_at=rig.clock.now,
                )
            )
            await tx.session.flush()
        tx.session.add(
            Poster(code=POSTER, union_id=TOWN, label="", made_by=LI.id, made_at=rig.clock.now)
        )
    texts = (await rig.get(ANONYMOUS, "/consent-texts")).json()["items"]
    rig.consents = [
        {"text_id": text["id"], "version": text["version"]} for text in texts if text["is_required"]
    ]
