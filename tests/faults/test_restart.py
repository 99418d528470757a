"""New code or new keys arrive while people work: every process is replaced, nobody notices."""

import asyncio
import os
import sys

import pytest

from deploy.addresses import ROOT
from deploy.parts import PARTS
from tests.faults.cast import Cast
from tests.faults.client import Person
from tests.faults.load import Call, under_load
from tests.faults.rig import Rig


async def restart(rig: Rig, *parts: str) -> str:
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.restart", *parts),
        cwd=ROOT,
        env={**os.environ, "NIANGJIA_HOME": str(rig.home), "PORT": str(rig.port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await command.communicate()
    assert command.returncode == 0, said.decode()
    return said.decode()


def calls(cast: Cast, clerk: Person) -> list[Call]:
    """Pages, reading and changing, through every part that answers."""
    path = {"relation": "partial", "has_employer_union": False}
    return [
        Call("GET", "/join"),
        Call("GET", "/api/membership/v1/consent-texts"),
        Call("GET", "/api/identity/v1/me", clerk.token),
        Call("GET", "/api/membership/v1/applications?limit=5", clerk.token),
        Call("POST", "/api/membership/v1/enrolment-paths", json=path),
        Call("POST", "/api/membership/v1/unions/searches", json={"text": "唐桥"}),
    ]


async def test_restart_of_every_process_under_load_fails_no_request(cast: Cast, clerk: Person):
    before = {part.name: cast.rig.pid(part.name) for part in PARTS}

    async with under_load(cast.rig.url, calls(cast, clerk), callers=6) as seen:
        await asyncio.sleep(0.5)
        await restart(cast.rig)
        await asyncio.sleep(0.5)

    after = {part.name: cast.rig.pid(part.name) for part in PARTS}
    assert seen.broken == {}
    assert sum(seen.answers.values()) > 50
    assert not set(before.values()) & set(after.values())


async def test_restart_of_what_does_not_run_is_one_sentence(tmp_path, cast: Cast):
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.restart"),
        cwd=ROOT,
        env={**os.environ, "NIANGJIA_HOME": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await command.communicate()

    assert command.returncode == 1
    assert len(said.decode().strip().splitlines()) == 1
    assert "nothing runs here" in said.decode()


@pytest.mark.prove
async def test_restart_five_times_under_heavier_load_fails_no_request(cast: Cast, clerk: Person):
    async with under_load(cast.rig.url, calls(cast, clerk), callers=16, pause=0.0) as seen:
        for _ in range(5):
            await restart(cast.rig)

    assert seen.broken == {}
