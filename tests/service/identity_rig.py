"""A running identity service with a clock that a test may turn, and people to log in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pyotp
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from services.chassis.data.deadlines import fire_one
from services.chassis.data.inbox import Heard
from services.chassis.edge.assertions import (
    load_key,
    public_keys,
    read_user,
    service_actor,
    sign_actor,
)
from services.chassis.kernel.actors import ANONYMOUS, Actor, Role
from services.chassis.kernel.ids import new_id
from services.identity.app import IDENTITY, create_app, deadlines_of
from services.identity.settings import Settings
from tests.clusters import TestDatabase
from tests.people import (
    COUNTY,
    COUNTY_PATH,
    OTHER_TOWN,
    OTHER_TOWN_PATH,
    SUN,
    TOWN,
    TOWN_PATH,
    ZHOU,
)

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # twelve o'clock in Shanghai, a Monday
PASSWORD = "mulberry-Lantern-42-river"
PHONE = "13851234567"


@dataclass
class Clock:
    """Time stands still until a test moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Known:
    """The keys that a test has read."""

    keys: dict[str, OKPKey]

    def find(self, kid: str) -> OKPKey | None:
        return self.keys.get(kid)


@dataclass
class Person:
    """A member of staff and everything needed to log in as them."""

    id: UUID
    account: str
    secret: str
    password: str = PASSWORD


@dataclass
class Rig:
    app: FastAPI
    client: httpx.AsyncClient
    clock: Clock
    keys: Path
    database: TestDatabase

    def as_(self, actor: Actor = ANONYMOUS, **headers: str) -> dict[str, str]:
        token = sign_actor(load_key(self.keys / "gateway.jwk"), actor, "identity", self.clock.now)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {token}", "X-Forwarded-For": "203.0.113.9"} | named

    def part(self, name: str) -> dict[str, str]:
        """A part of the platform speaking for itself."""
        key = load_key(self.keys / f"{name}.jwk")
        token = sign_actor(key, service_actor(name), "identity", self.clock.now)
        return {"Authorization": f"Bearer {token}"}

    def key(self) -> dict[str, str]:
        return {"Idempotency-Key": f"key-{new_id()}"}

    def whose(self, access_token: str) -> Actor:
        rows = self.rows("select public from identity.user_token_keys")
        known = public_keys({"keys": [row[0] for row in rows]})
        return read_user(access_token, Known(known), self.clock.now)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.admin_url) as connection:
            return connection.execute(query, values).fetchall()

    def audited(self, action: str) -> list[tuple[Any, ...]]:
        query = "select outcome, reason, subject from identity.audit where action = %s order by id"
        return self.rows(query, action)

    async def hear(self, topic: str, union_id: UUID, path: str, name: str) -> None:
        """What membership tells, as the inbox hands it on."""
        data = {"path": path, "name": name}
        fact = Heard(new_id(), "membership", topic, union_id, self.clock.now, data, 1)
        async with self.app.state.store.begin() as tx:
            await IDENTITY.hears[topic](tx, fact)

    async def found(self, union_id: UUID, path: str, name: str) -> None:
        await self.hear("membership.union.founded", union_id, path, name)

    async def sweep(self) -> None:
        """Every deadline that is due."""
        deadlines = deadlines_of(self.app.state.policy)
        while await fire_one(self.app.state.store, deadlines):
            pass

    async def invite(self, account: str = "li.jingban", union: UUID = TOWN) -> tuple[UUID, str]:
        body = {"account": account, "name": "李经办", "phone": PHONE, "union_id": str(union)}
        made = await self.client.post("/accounts", json=body, headers=self.as_(SUN) | self.key())
        assert made.status_code == 201, made.text
        return UUID(made.json()["id"]), made.json()["activation_code"]

    async def staff(self, account: str = "li.jingban", *roles: Role, union: UUID = TOWN) -> Person:
        """Somebody invited, activated and granted roles, by the real operations."""
        account_id, code = await self.invite(account, union)
        shown = {"account": account, "activation_code": code}
        begun = await self.client.post("/activations/secrets", json=shown, headers=self.as_())
        assert begun.status_code == 200, begun.text
        person = Person(account_id, account, begun.json()["secret"])
        body = shown | {"password": PASSWORD, "totp_code": self.code(person)}
        done = await self.client.put("/activations", json=body, headers=self.as_())
        assert done.status_code == 204, done.text
        for role in roles:
            await self.grant(person, role, union)
        self.clock.turn(seconds=30)
        return person

    async def grant(
        self, person: Person, role: Role, union: UUID = TOWN, expires_on: str | None = None
    ) -> httpx.Response:
        body = {"union_id": str(union), "role": role, "expires_on": expires_on}
        url = f"/accounts/{person.id}/grants"
        return await self.client.post(url, json=body, headers=self.as_(ZHOU) | self.key())

    def code(self, person: Person, **later: float) -> str:
        return pyotp.TOTP(person.secret).at(self.clock.now + timedelta(**later))

    def as_code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(self.clock.now)

    async def log_in(self, person: Person, **other: str) -> httpx.Response:
        body = {"account": person.account, "password": person.password, "code": self.code(person)}
        return await self.client.post("/staff-sessions", json=body | other, headers=self.as_())

    async def phone_code(self, phone: str = PHONE) -> str:
        asked = await self.client.post("/phone-codes", json={"phone": phone}, headers=self.as_())
        assert asked.status_code == 202, asked.text
        return str(self.app.state.code_sender.shown()[0].code)

    async def worker(self, phone: str = PHONE) -> dict[str, Any]:
        body = {"phone": phone, "code": await self.phone_code(phone)}
        made = await self.client.post("/worker-sessions", json=body, headers=self.as_())
        assert made.status_code == 201, made.text
        return dict(made.json())


@asynccontextmanager
async def identity_rig(
    database: TestDatabase, keys: Path, data_dir: Path, **settings: Any
) -> AsyncIterator[Rig]:
    """Three unions are known: a county, a town in it, and another town."""
    clock = Clock()
    app = create_app(identity_settings(database, keys, data_dir, **settings), clock)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=transport, base_url="http://identity/v1") as client,
    ):
        rig = Rig(app, client, clock, keys, database)
        await rig.found(COUNTY, COUNTY_PATH, "江临县总工会")
        await rig.found(TOWN, TOWN_PATH, "唐桥镇总工会")
        await rig.found(OTHER_TOWN, OTHER_TOWN_PATH, "金港镇总工会")
        yield rig


def identity_settings(
    database: TestDatabase, keys: Path, data_dir: Path, **settings: Any
) -> Settings:
    fixed = {
        "mode": "local",
        "private_key": keys / "identity.jwk",
        "trust": keys / "trust.jwks",
        "database_url": database.url("identity"),
        "keys": keys / "kek.json",
        "data_dir": data_dir,
        "webhook_secret_file": keys / "webhook.secret",
    }
    return Settings(**(fixed | settings))
