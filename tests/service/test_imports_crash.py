"""Killing the worker in the middle of a sheet loses and doubles nothing (DUR-01, DUR-06)."""

import asyncio
from itertools import islice
from pathlib import Path

import pytest

from deploy.demo.people import couriers
from tests.service.import_rig import Office, kill, open_office

ROWS = 25_000


@pytest.fixture
async def office(database, keys_dir, tmp_path):
    async with open_office(database, keys_dir, tmp_path / "files") as opened:
        yield opened


@pytest.fixture(scope="module")
def sheet(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sheet") / "名单.csv"
    lines = ["姓名,身份证号,手机号,从业类别"]
    lines += [f"{p.name},{p.id_number},{p.phone},{p.group}" for p in islice(couriers(3), ROWS)]
    path.write_text("\n".join([*lines, *lines[1:6]]), encoding="gbk")
    return path


async def killed_while(office: Office, table: str, times: int = 2) -> int:
    """Kill a worker each time it has added some rows; how many rows it left behind at last."""
    seen = 0
    for _ in range(times):
        worker = office.worker_process()
        while worker.poll() is None:
            now = await office.count(table)
            if seen < now < ROWS:
                break
            assert now < ROWS, "the worker was quicker than its killer"
            await asyncio.sleep(0.005)
        kill(worker)
        seen = await office.count(table)
    return seen


async def finish(office: Office) -> None:
    worker = office.worker_process()
    await office.until_idle()
    kill(worker)


async def test_killing_the_worker_during_the_check_loses_and_doubles_nothing(office, sheet):
    made = await office.received(sheet)

    left = await killed_while(office, "import_rows")
    await finish(office)

    assert 0 < left < ROWS
    done = (await office.get(f"/imports/{made['id']}")).json()
    assert done["state"] == "checked"
    assert done["counts"]["total"] == ROWS + 5
    assert (done["counts"]["ready"], done["counts"]["duplicate"]) == (ROWS, 5)
    numbers = "select min(number) || ' ' || max(number) from membership.import_rows"
    assert await office.value(numbers) == f"2 {ROWS + 6}"


async def test_killing_the_worker_during_the_application_loses_and_doubles_nothing(office, sheet):
    made = await office.confirmed(sheet)

    left = await killed_while(office, "applications")
    await finish(office)

    assert 0 < left < ROWS
    done = (await office.get(f"/imports/{made['id']}")).json()
    assert (done["state"], done["counts"]["applied"]) == ("applied", ROWS)
    assert await office.count("applications") == ROWS
    assert await office.count("application_steps") == ROWS
    assert await office.count("consents") == 2 * ROWS
    assert await office.count("deadlines where kind = 'review'") == ROWS
    distinct = "select count(distinct document_key) from membership.applications"
    assert await office.value(distinct) == ROWS
    linked = "import_rows r join membership.applications a on a.id = r.application_id"
    assert await office.count(linked) == ROWS
