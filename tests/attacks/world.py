"""Both services over one database, with the cast, and a way to call any operation as anybody."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.chassis.edge.assertions import load_key, service_actor, sign_actor
from services.chassis.edge.targets import targets_of
from services.chassis.kernel.actors import ANONYMOUS, Actor, Kind, Role
from tests.attacks.operations import FORM, URLENCODED, Operation
from tests.attacks.things import CLIENT, MAKERS, Thing
from tests.clusters import TestDatabase
from tests.people import CHEN, COUNTY, COUNTY_PATH, LI, SUN, TOWN
from tests.service import identity_rig, membership_rig
from tests.service.membership_rig import resident_id

STAFF_ROLES = tuple(role for role in Role if role not in {Role.WORKER, Role.SERVICE, Role.SYSTEM})


def staff(*roles: Role, union: UUID = COUNTY, path: str = COUNTY_PATH) -> Actor:
    """Somebody who holds these roles and no other."""
    number = 0x900 + STAFF_ROLES.index(roles[0]) + 0x20 * len(roles)
    return Actor(
        Kind.STAFF,
        UUID(int=number),
        str(roles[0]) if len(roles) == 1 else "全权",
        union,
        path,
        "某工会",
        frozenset(roles),
        auth="password+totp",
        session=UUID(int=0x6000 + number),
    )


# Everybody who can stand at a door, by the word that the access matrix uses.
EVERYBODY: dict[str, Actor] = {
    "stranger": ANONYMOUS,
    "worker": CHEN,
    **{str(role): staff(role) for role in STAFF_ROLES},
    "client": CLIENT,
    "gateway": service_actor("gateway"),
    "membership": service_actor("membership"),
}


@dataclass
class World:
    """Two running services; what is made here is made by their own operations."""

    identity: identity_rig.Rig
    membership: membership_rig.Rig
    database: TestDatabase
    keys: Path
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    kept_sheet: dict[str, Any] | None = None

    def number(self) -> int:
        return next(self.numbers)

    def client(self, service: str) -> httpx.AsyncClient:
        rig = {"identity": self.identity, "membership": self.membership}[service]
        return rig.client

    def as_(self, service: str, actor: Actor) -> dict[str, str]:
        """The headers of an assertion; a part signs its own."""
        part = actor.name if actor.kind is Kind.SERVICE and actor.client == actor.name else ""
        rig = {"identity": self.identity, "membership": self.membership}[service]
        key = load_key(self.keys / f"{part or 'gateway'}.jwk")
        token = sign_actor(key, actor, service, rig.clock.now)
        self.membership.spoken[token] = actor
        return {"Authorization": f"Bearer {token}", "X-Request-Id": "test-request-0001"}

    async def things(self, operation: Operation, owner: Actor) -> dict[str, Thing]:
        """One thing for each place in the operation's address, the outer before the inner."""
        return {
            one["name"]: await MAKERS[one["name"]](self, operation, owner)
            for one in operation.parameters("path")
        }

    async def call(
        self,
        operation: Operation,
        actor: Actor,
        things: Mapping[str, Thing],
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        **headers: str,
    ) -> httpx.Response:
        """The operation as its document wants it: key, version, body."""
        path = operation.path
        for name, thing in things.items():
            path = path.replace(f"{{{name}}}", thing.id)
        sent = self.as_(operation.service, actor)
        if operation.takes("idempotency-key"):
            sent["Idempotency-Key"] = uuid4().hex
        if operation.takes("if-match"):
            version = list(things.values())[-1].version if things else 1
            sent["If-Match"] = f'"{version}"'
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client(operation.service).request(
            operation.method,
            path.removeprefix("/v1"),
            headers=sent,
            params=query,
            **_content(operation, body),
        )

    async def version(self, path: str) -> int:
        """Which version of an account ``If-Match`` has to name."""
        rig = self.identity
        found = await rig.client.get(path, headers=rig.as_(SUN))
        return int(found.headers["etag"].strip('"'))

    def person(self) -> dict[str, Any]:
        number = self.number()
        birth = date(1970, 1, 1) + timedelta(days=number // 900)
        document = {"kind": "111", "number": resident_id(number % 900, birth)}
        return {"name": "陈小虎", "document": document}

    async def application(self, owner: Actor, state: str) -> dict[str, Any]:
        rig = self.membership
        make = rig.draft if state == "draft" else rig.submitted
        return await make(owner, person=self.person())

    async def admitted(self, owner: Actor, column: str) -> str:
        """Somebody new in the town's register; the id that ``column`` of the application holds."""
        made = await self.application(owner, "submitted")
        done = await self.membership.decide(made)
        assert done.status_code == 200, done.text
        query = f"select {column} from membership.applications where id = %s"
        return str(self.membership.rows(query, made["id"])[0][0])

    async def sheet(self, *, is_new: bool) -> dict[str, Any]:
        """A checked list of two people for the town."""
        if self.kept_sheet is None or is_new:
            self.kept_sheet = await self._checked()
        return self.kept_sheet

    async def applied(self, sheet: dict[str, Any]) -> dict[str, Any]:
        rig, path = self.membership, f"/imports/{sheet['id']}"
        done = await rig.put(LI, f"{path}/confirmation", etag=f'"{sheet["version"]}"')
        assert done.status_code == 202, done.text
        await rig.work()
        found: dict[str, Any] = (await rig.get(LI, path)).json()
        return found

    async def _checked(self) -> dict[str, Any]:
        rig = self.membership
        answer = await rig.client.post(
            "/imports",
            headers=rig.as_(LI, Idempotency_Key=uuid4().hex),
            files={"file": ("名单.csv", self.list_of_two().encode())},
            data={"union_id": str(TOWN)},
        )
        assert answer.status_code == 202, answer.text
        await rig.work()
        found: dict[str, Any] = (await rig.get(LI, f"/imports/{answer.json()['id']}")).json()
        assert found["counts"] | {"ready": 1, "faulty": 1} == found["counts"], found
        return found

    def list_of_two(self) -> str:
        """One may be admitted, the other's number is too short."""
        number = self.person()["document"]["number"]
        return (
            "姓名,证件号码,手机号,从业群体,用工方式\n"
            f"张三丰,{number},13851239999,网约送餐员,平台用工\n"
            f"李四光,{number[:10]},13851239998,网约送餐员,平台用工\n"
        )


def _content(operation: Operation, body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if operation.media == URLENCODED:
        return {"data": body}
    if operation.media == FORM:
        fields = {name: value for name, value in body.items() if name != "file"}
        return {"files": {"file": ("名单.csv", body["file"].encode())}, "data": fields}
    return {"json": body}


@asynccontextmanager
async def standing(database: TestDatabase, keys: Path, folder: Path) -> AsyncIterator[World]:
    async with (
        identity_rig.identity_rig(database, keys, folder / "identity") as identity,
        membership_rig.running(database, keys) as membership,
    ):
        for rig in (identity, membership):
            rig.app.state.outside.targets = targets_of(("127.0.0.0/8",), is_local=True)
        yield World(identity, membership, database, keys)
