"""Changing membership's keys in a process of its own, while somebody goes on working."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from services.chassis.kernel.ids import new_id
from services.membership.store.facts import Facts, seal_facts
from tests.people import CHEN, LI, TOWN, WANG
from tests.service.membership_rig import CHEN_PHONE, Rig, resident_id

ROOT = Path(__file__).resolve().parents[1]
POLL = 0.2
OURS = (
    *("kek.json", "membership.jwk", "identity.jwk", "gateway.jwk"),
    *("trust.jwks", "webhook.secret"),
)


def own_keys(keys_dir: Path, folder: Path) -> Path:
    """Keys that a test may change."""
    for name in OURS:
        shutil.copy(keys_dir / name, folder / name)
    return folder


async def start(
    rig: Any, what: str, service: str = "membership", **more: str
) -> asyncio.subprocess.Process:
    """The command that an operator types; its settings are the service's."""
    settings = {
        "DATABASE_URL": rig.database.url(service),
        "MIGRATION_URL": rig.database.migration_url(service),
        "PRIVATE_KEY": str(rig.keys / f"{service}.jwk"),
        "TRUST": str(rig.keys / "trust.jwks"),
        "KEYS": str(rig.keys / "kek.json"),
        "WEBHOOK_SECRET_FILE": str(rig.keys / "webhook.secret"),
        "DATA_DIR": str(rig.keys),
        "KEY_POLL": str(POLL),
    }
    named = {f"{service.upper()}_{name}": value for name, value in {**settings, **more}.items()}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"services.{service}.rotate_keys", what),
        cwd=ROOT,
        env={**os.environ, **named},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def rotate(rig: Any, what: str, service: str = "membership", **more: str) -> tuple[int, str]:
    """Carried out to its end: the exit code, and all that was said."""
    process = await start(rig, what, service, **more)
    said, complained = await process.communicate()
    assert process.returncode is not None
    return process.returncode, (said + complained).decode()


async def seal_people(rig: Rig, count: int) -> None:
    """People of whom only what is sealed matters."""
    async with rig.app.state.store.begin() as tx:
        connection = await tx.session.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        same = {"name": "甲", "pinyin": "jia", "initials": "j", "document_kind": "111"}
        same |= {"document_masked": "3", "phone_masked": "1", "sex": "1", "version": 1}
        same |= {"created_at": tx.now, "updated_at": tx.now}
        records = []
        for number in range(count):
            id_ = new_id()
            facts = Facts(resident_id(number % 1000), "13800000000")
            sealed = seal_facts(tx.sealer, "people", id_, facts)
            records.append((id_, sealed, *same.values()))
        columns = ("id", "facts", *same)
        assert driver is not None
        await driver.copy_records_to_table(
            "people", records=records, columns=columns, schema_name="membership"
        )


@dataclass
class Office:
    """Somebody who reads and writes all the time; whatever is not as it should be is noted."""

    rig: Rig
    member: dict[str, Any]
    rounds: int = 0
    number: int = 100
    wrong: list[tuple[str, int, str]] = field(default_factory=list)

    async def work(self) -> None:
        while True:
            await self.one_round()
            self.rounds += 1

    async def one_round(self) -> None:
        rig = self.rig
        self.number = applicant = self.number + 1
        number = resident_id(1)
        found = await self.see("by document", self.search(number), 200)
        tail = await self.see("by tail", self.search(CHEN_PHONE[-4:]), 200)
        phone = await self.see("by phone", self.search(CHEN_PHONE), 200)
        for what, answer in (("document", found), ("tail", tail), ("phone", phone)):
            if [item["id"] for item in answer.json()["items"]] != [self.member["membership_id"]]:
                self.wrong.append((f"not found by {what}", 200, answer.text))
        asked = {"document": {"kind": "111", "number": number}}
        check = await self.see("register", rig.post(LI, "/register-checks", asked), 200)
        if not check.json().get("registered"):
            self.wrong.append(("not registered", 200, check.text))
        await self.see("own membership", rig.get(CHEN, "/members/mine"), 200)
        made = await self.see("apply", rig.post(LI, "/applications", rig.form(applicant)), 201)
        path = f"/applications/{made.json()['id']}/submission"
        await self.see("submit", rig.put(LI, path), 200)
        again = await rig.post(LI, "/applications", rig.form(applicant))
        path = f"/applications/{again.json()['id']}/submission"
        await self.see("apply twice", rig.put(LI, path), 409)

    def search(self, text: str) -> Any:
        return self.rig.post(WANG, "/members/searches", {"text": text})

    async def see(self, what: str, request: Any, expected: int) -> httpx.Response:
        answer: httpx.Response = await request
        if answer.status_code != expected:
            self.wrong.append((what, answer.status_code, answer.text))
        return answer


@asynccontextmanager
async def at_work(rig: Rig) -> AsyncIterator[Office]:
    """An office with one member, at work for as long as the block runs."""
    made = await rig.draft(CHEN, 1, union_id=str(TOWN))
    path = f"/applications/{made['id']}/submission"
    submitted = (await rig.put(CHEN, path)).json()
    done = await rig.decide(submitted)
    assert done.status_code == 200, done.text
    office = Office(rig, done.json())
    await office.one_round()
    assert office.wrong == []
    task = asyncio.create_task(office.work())
    try:
        yield office
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
