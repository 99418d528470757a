"""A story told with names, numbers and phones that occur nowhere else, and all it left behind."""

import io
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import psycopg
import structlog
from psycopg.sql import SQL, Identifier

from deploy import binaries
from services.chassis.edge.telemetry import configure_logs
from services.chassis.kernel.ids import new_id
from tests.clusters import TestDatabase
from tests.people import CHEN, LI, WANG, ZHAO
from tests.service.membership_rig import Rig, resident_id, running

BORN = date(1987, 11, 23)
NUMBERS = [resident_id(number, BORN, "320599") for number in (701, 703, 705, 707, 709, 711)]
PHONES = [f"1385777{number:04}" for number in range(6001, 6007)]
NAMES = ["金丝雀", "金丝燕", "金丝猴", "金丝桃", "金丝楠", "金丝草"]
STREETS = [f"紫藤巷{number}弄" for number in (811, 812, 813, 814, 815, 816)]
# What is sealed: it may stand in no column, no log and no answer but a disclosure.
SEALED = [*NUMBERS, *PHONES, *STREETS, BORN.isoformat(), f"{BORN:%Y%m%d}"]
SHEET = "姓名,身份证号,手机号,从业类别,现居住地址"


@dataclass
class Told:
    """What the story left behind, apart from what it was told to."""

    answers: list[tuple[str, int, str]] = field(default_factory=list)
    disclosed: list[str] = field(default_factory=list)
    logs: str = ""
    metrics: str = ""
    dump: str = ""
    rows: dict[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        return [body for _, status, body in self.answers if status >= 400]


async def tell(database: TestDatabase, keys: Path) -> Told:
    told = Told()
    with logged() as out:
        async with running(database, keys) as rig:
            await _story(rig, told)
            told.metrics = (await rig.client.get("http://membership/metrics")).text
        told.logs = out.getvalue().decode()
    told.dump = dump(database)
    for table, column in (
        *(("jobs", "args"), ("jobs", "message"), ("jobs", "result"), ("outbox", "data")),
        *(("audit", "details"), ("audit", "before"), ("audit", "after"), ("audit", "reason")),
        *(("deliveries", "last_error"), ("import_rows", "problems"), ("import_rows", "marks")),
    ):
        rows = rig.rows(f"select {column}::text from membership.{table}")
        told.rows[f"{table}.{column}"] = "\n".join(str(row[0]) for row in rows)
    return told


async def _story(rig: Rig, told: Told) -> None:
    client = rig.client
    transport = httpx.ASGITransport(rig.app, raise_app_exceptions=False)
    rig.client = httpx.AsyncClient(
        transport=transport,
        base_url=client.base_url,
        event_hooks={"response": [_noting(told)]},
    )
    rig.phones.known[CHEN.id] = PHONES[0]
    member = await _members(rig)
    await _searches(rig)
    await _sheet(rig)
    await _mistakes(rig, member)
    await _disclosures(rig, member, told)
    await _errors(rig, member)
    await rig.client.aclose()
    rig.client = client


def _noting(told: Told) -> Any:
    async def note(response: httpx.Response) -> None:
        await response.aread()
        if not response.request.url.path.endswith("/disclosures"):
            asked = f"{response.request.method} {response.request.url.path}"
            body = response.content.decode("utf-8", "replace")
            heads = " ".join(f"{k}={v}" for k, v in response.headers.items())
            told.answers.append((asked, response.status_code, f"{body} {heads}"))

    return note


def person(number: int, **more: Any) -> dict[str, Any]:
    document = {"kind": "111", "number": NUMBERS[number]}
    known = {"phone": PHONES[number], "address": STREETS[number]}
    return {"name": NAMES[number], "document": document, **known, **more}


async def _members(rig: Rig) -> dict[str, Any]:
    """One by their own phone, one at the counter; both are admitted."""
    own = await rig.submitted(CHEN, person=person(0))
    counter = await rig.submitted(LI, person=person(1))
    member = (await rig.decide(own)).json()
    await rig.decide(counter)
    for actor in (LI, WANG):
        await rig.get(actor, f"/applications/{own['id']}")
        await rig.get(actor, f"/members/{member['membership_id']}")
        await rig.get(actor, f"/people/{member['person_id']}")
        await rig.get(actor, f"/people/{member['person_id']}/timeline")
    await rig.get(CHEN, "/members/mine")
    await rig.get(CHEN, "/members/mine/card")
    await rig.get(LI, "/applications")
    return dict(member)


async def _searches(rig: Rig) -> None:
    for text in (NUMBERS[0], PHONES[0], PHONES[0][-4:], NAMES[0], "jsq"):
        for path in ("/members/searches", "/applications/searches"):
            await rig.post(WANG, path, {"text": text})
            await rig.post(ZHAO, path, {"text": text})
    for number in (NUMBERS[0], NUMBERS[5]):
        await rig.post(LI, "/register-checks", {"document": {"kind": "111", "number": number}})


async def _sheet(rig: Rig) -> None:
    """A sheet with somebody new, somebody faulty and somebody who is a member already."""
    people = [
        (NAMES[2], NUMBERS[2], PHONES[2], "外卖配送员", STREETS[2]),
        (NAMES[3], f"{NUMBERS[3][:-1]}?", PHONES[3], "外卖配送员", STREETS[3]),
        (NAMES[0], NUMBERS[0], PHONES[0], "外卖配送员", STREETS[0]),
    ]
    content = "\n".join([SHEET, *(",".join(row) for row in people)]).encode()
    made = await rig.client.post(
        "/imports",
        headers=rig.as_(LI, Idempotency_Key=f"key-{new_id()}"),
        files={"file": ("名单.csv", content)},
        data={"union_id": str(LI.union_id)},
    )
    path = f"/imports/{made.json()['id']}"
    await rig.work()
    await rig.get(LI, f"{path}/rows", show="all")
    headers = rig.as_(LI, If_Match='"1"')
    await rig.client.patch(f"{path}/rows/3", headers=headers, json={"document": NUMBERS[3]})
    checked = (await rig.get(LI, path)).json()
    await rig.put(LI, f"{path}/confirmation", etag=f'"{checked["version"]}"')
    await rig.work()
    await rig.get(LI, f"{path}/rejected.xlsx")


async def _mistakes(rig: Rig, member: dict[str, Any]) -> None:
    """Refusals of every kind, with personal values in what was asked."""
    again = await rig.draft(LI, person=person(0))
    await rig.put(LI, f"/applications/{again['id']}/submission")
    broken = person(4, document={"kind": "111", "number": f"{NUMBERS[4][:-1]}?"})
    await rig.post(LI, "/applications", rig.form(person=broken))
    await rig.post(LI, "/applications", rig.form(person=person(4), unknown=PHONES[4]))
    await rig.post(LI, "/applications", {"person": NUMBERS[4], "union_id": PHONES[4]})
    await rig.post(ZHAO, f"/people/{member['person_id']}/disclosures", {"purpose": NAMES[4]})
    await rig.get(ZHAO, f"/people/{member['person_id']}")
    await rig.get(LI, "/applications", after=NUMBERS[4])
    headers = rig.as_(LI) | {"content-type": "application/json"}
    await rig.client.post("/members/searches", headers=headers, content=f'{{"text": "{PHONES[4]}')


async def _disclosures(rig: Rig, member: dict[str, Any], told: Told) -> None:
    body = {"purpose": "verify", "fields": ["document", "phone"]}
    answer = await rig.post(LI, f"/people/{member['person_id']}/disclosures", body)
    told.disclosed.append(answer.text)


async def _errors(rig: Rig, member: dict[str, Any]) -> None:
    """Faults of our own: a table that is not what the code believes, in the middle of work."""
    draft = await rig.draft(LI, person=person(5))
    rename(rig.database, "people", "sex", "gone")
    rename(rig.database, "applications", "sex", "gone")
    await rig.get(LI, f"/people/{member['person_id']}")
    await rig.post(WANG, "/members/searches", {"text": NAMES[0]})
    await rig.post(LI, "/applications", rig.form(person=person(5)))
    await rig.put(LI, f"/applications/{draft['id']}/submission")
    rename(rig.database, "people", "gone", "sex")
    rename(rig.database, "applications", "gone", "sex")


def rename(database: TestDatabase, table: str, column: str, name: str) -> None:
    with psycopg.connect(database.admin_url) as connection:
        change = SQL("alter table membership.{} rename column {} to {}")
        connection.execute(change.format(*map(Identifier, (table, column, name))))


@contextmanager
def logged() -> Iterator[io.BytesIO]:
    """All log lines, written as a running service writes them."""
    out, before = io.BytesIO(), structlog.get_config()
    configure_logs("membership", "debug", out, cached=False)
    try:
        yield out
    finally:
        structlog.configure(**before)


def dump(database: TestDatabase) -> str:
    """The whole database as a backup has it; binary columns are written out as well."""
    program = binaries.choose().folder / "pg_dump"
    done = subprocess.run(
        [program, "--inserts", "--dbname", database.admin_url], capture_output=True, check=True
    )
    return done.stdout.decode()


def as_hex(text: str) -> str:
    return text.encode().hex()


def seen_in(text: str) -> list[str]:
    """The personal values that stand in a text, plainly or as hexadecimal digits."""
    return [value for value in SEALED if value in text or as_hex(value) in text]
