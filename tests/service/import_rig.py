"""A membership service with unions, and a worker that a test runs, kills and runs again."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from asgi_lifespan import LifespanManager

from deploy.demo.people import Courier
from services.chassis.data.jobs import Pace, run_worker
from services.chassis.data.tx import Store
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.names import pinyin
from services.membership.app import create_app
from services.membership.settings import Settings
from services.membership.store.facts import Facts, document_key, seal_facts
from services.membership.store.tables import Membership, Person, PersonKey, Union
from services.membership.worker import handlers
from tests.clusters import TestDatabase
from tests.people import (
    COUNTY,
    COUNTY_PATH,
    LI,
    OTHER_TOWN,
    OTHER_TOWN_PATH,
    TOWN,
    TOWN_PATH,
)
from tests.vouching import vouch

ROOT = Path(__file__).resolve().parents[2]
HURRIED = Pace(poll=0.05, lease=timedelta(seconds=2), beat=0.5, reap=0.2)
UNIONS = (
    (COUNTY, None, COUNTY_PATH, 2, "9", "江临县总工会"),
    (TOWN, COUNTY, TOWN_PATH, 3, "9", "唐桥镇总工会"),
    (OTHER_TOWN, COUNTY, OTHER_TOWN_PATH, 3, "9", "金港镇总工会"),
)


@dataclass
class Office:
    """The service as its callers see it, and the worker beside it."""

    client: httpx.AsyncClient
    store: Store
    settings: Settings
    database: TestDatabase
    keys: Path

    def as_(self, actor: Actor, **headers: str) -> dict[str, str]:
        return vouch(self.keys, "membership")(actor, **headers)

    async def send(
        self, path: Path, actor: Actor = LI, union_id: UUID = TOWN, name: str = ""
    ) -> httpx.Response:
        return await self.client.post(
            "/v1/imports",
            headers=self.as_(actor, Idempotency_Key=uuid4().hex),
            files={"file": (name or path.name, await asyncio.to_thread(path.read_bytes))},
            data={"union_id": str(union_id)},
        )

    async def get(self, path: str, actor: Actor = LI, **params: Any) -> httpx.Response:
        return await self.client.get(f"/v1{path}", headers=self.as_(actor), params=params)

    async def put(
        self, path: str, version: int, actor: Actor = LI, body: Any = None
    ) -> httpx.Response:
        headers = self.as_(actor, If_Match=f'"{version}"', Idempotency_Key=uuid4().hex)
        return await self.client.put(f"/v1{path}", headers=headers, json=body)

    async def mend(
        self, import_id: str, number: int, version: int, actor: Actor = LI, **cells: str
    ) -> httpx.Response:
        return await self.client.patch(
            f"/v1/imports/{import_id}/rows/{number}",
            headers=self.as_(actor, If_Match=f'"{version}"'),
            json=cells,
        )

    async def rows(self, import_id: str, *states: str) -> list[dict[str, Any]]:
        """All rows in these states, page by page."""
        found: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            params = {"show": list(states), "limit": 100} | ({"after": after} if after else {})
            page = (await self.get(f"/imports/{import_id}/rows", **params)).json()
            found += page["items"]
            after = page["next"]
            if after is None:
                return found

    async def work(self, kinds: Iterable[str] = ()) -> None:
        """Carry out every job that waits, in this process."""
        stop = asyncio.Event()
        worker = asyncio.create_task(
            run_worker(self.store, handlers(self.settings), stop, pace=HURRIED)
        )
        await self.until_idle()
        stop.set()
        await worker

    async def until_idle(self, seconds: float = 60, pause: float = 0.02) -> None:
        for _ in range(int(seconds / pause)):
            if not await self.count("jobs where state in ('queued', 'running')"):
                return
            assert not await self.count("jobs where error_code = 'internal'")
            await asyncio.sleep(pause)
        raise AssertionError(f"jobs still wait after {seconds} s")

    async def count(self, what: str) -> int:
        return int(await self.value(f"select count(*) from membership.{what}"))

    async def value(self, query: str) -> Any:
        async with await psycopg.AsyncConnection.connect(self.database.admin_url) as connection:
            row = await (await connection.execute(query)).fetchone()  # type: ignore[arg-type]
            return row[0] if row else None

    async def change(self, statement: str) -> None:
        """What another part of the platform would have done meanwhile."""
        async with await psycopg.AsyncConnection.connect(self.database.admin_url) as connection:
            await connection.execute(statement)  # type: ignore[arg-type]

    async def received(self, path: Path, **how: Any) -> dict[str, Any]:
        answer = await self.send(path, **how)
        assert answer.status_code == 202, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def checked(self, path: Path, **how: Any) -> dict[str, Any]:
        """Uploaded and checked."""
        made = await self.received(path, **how)
        await self.work()
        found: dict[str, Any] = (await self.get(f"/imports/{made['id']}")).json()
        return found

    async def confirmed(self, path: Path) -> dict[str, Any]:
        """Uploaded, checked and confirmed, not yet applied."""
        made = await self.checked(path)
        answer = await self.put(f"/imports/{made['id']}/confirmation", made["version"])
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def enrol(self, courier: Courier, union_id: UUID, path: str) -> UUID:
        """Somebody who is a member before the sheet arrives."""
        person_id, membership_id = new_id(), new_id()
        full, initials = pinyin(courier.name)
        facts = Facts(courier.id_number, courier.phone)
        async with self.store.begin() as tx:
            made = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
            tx.session.add(
                Person(
                    id=person_id,
                    name=courier.name,
                    pinyin=full,
                    initials=initials,
                    document_kind="111",
                    document_masked="320***********0000",
                    phone_masked="",
                    facts=seal_facts(tx.sealer, "people", person_id, facts),
                    sex="1",
                    **made,
                )
            )
            await tx.session.flush()
            key = document_key(tx.sealer, "111", courier.id_number)
            tx.session.add(PersonKey(blind=key, person_id=person_id))
            tx.session.add(
                Membership(
                    id=membership_id,
                    person_id=person_id,
                    union_id=union_id,
                    union_path=path,
                    state="active",
                    joined_on=tx.today,
                    channel="counter",
                    platforms=[],
                    **made,
                )
            )
        return membership_id

    def worker_process(self, pace: str = "hurried") -> subprocess.Popen[bytes]:
        """A worker in a process of its own, to be killed."""
        settings = {
            f"MEMBERSHIP_{name.upper()}": str(value)
            for name, value in self.settings.model_dump().items()
            if name in NEEDED
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.service.import_worker", pace],
            cwd=ROOT,
            env={**os.environ, **settings},
            start_new_session=True,
        )


NEEDED = ("mode", "private_key", "trust", "database_url", "keys", "data_dir", "webhook_secret_file")


def kill(process: subprocess.Popen[bytes]) -> None:
    """As a power cut would: the worker and the child that reads the sheet are gone at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@asynccontextmanager
async def open_office(
    database: TestDatabase, keys: Path, data_dir: Path, loop_pause: float = 0.05
) -> AsyncIterator[Office]:
    settings = Settings(
        mode="local",
        database_url=database.url("membership"),
        private_key=keys / "membership.jwk",
        trust=keys / "trust.jwks",
        keys=keys / "kek.json",
        webhook_secret_file=keys / "webhook.secret",
        data_dir=data_dir,
        loop_pause=loop_pause,
    )
    app = create_app(settings)
    async with LifespanManager(app) as running:
        transport = httpx.ASGITransport(app=running.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://membership") as client:
            office = Office(client, app.state.store, settings, database, keys)
            await _found(office.store, UNIONS)
            yield office


async def _found(store: Store, unions: Sequence[tuple[Any, ...]]) -> None:
    async with store.begin() as tx:
        for number, (id_, parent, path, level, kind, name) in enumerate(unions):
            full, initials = pinyin(name)
            tx.session.add(
                Union(
                    id=id_,
                    parent_id=parent,
                    path=path,
                    level=level,
                    kind=kind,
                    code=f"3205{number:02}",
                    name=name,
                    pinyin=full,
                    initials=initials,
                    words=name,
                    division="320582",
                    phone=f"0512-5800000{number}",
                    version=1,
                    created_at=tx.now,
                    updated_at=tx.now,
                )
            )
            await tx.session.flush()
