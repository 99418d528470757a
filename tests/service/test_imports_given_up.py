"""A job that was tried to the end leaves no sheet behind in the middle of anything."""

from pathlib import Path

import pytest

from services.chassis.data.deadlines import fire_one
from services.membership.app import MEMBERSHIP
from tests.service.import_rig import Office, open_office
from tests.service.test_imports_changes import lines, write

UNREAD = "系统多次尝试仍未能检查完这张表，请重新上传；如仍不成功，请联系系统管理员。"
UNFINISHED = "系统多次尝试仍未能全部导入。可以再次确认，接着导入；也可以撤销已导入的。"


@pytest.fixture
async def office(database, keys_dir, tmp_path):
    async with open_office(database, keys_dir, tmp_path / "files", loop_pause=60) as opened:
        yield opened


async def give_up(office: Office) -> None:
    """The fifth attempt has failed."""
    await office.change(
        "update membership.jobs set state = 'failed', error_code = 'worker-lost' "
        "where state in ('queued', 'running')"
    )


async def look(office: Office) -> None:
    """Half a minute passes."""
    await office.change("update membership.deadlines set due_at = now() where kind like 'import%'")
    while await fire_one(office.store, MEMBERSHIP.deadlines):
        pass


async def sheet(office: Office, made: dict) -> dict:
    found = (await office.get(f"/imports/{made['id']}")).json()
    return {key: found[key] for key in ("state", "actions", "failure")} | {
        "version": found["version"]
    }


async def test_a_sheet_that_cannot_be_checked_is_given_back_and_its_file_removed(
    office: Office, tmp_path: Path
):
    path = write(tmp_path / "a.csv", lines(3))
    made = await office.received(path)
    await give_up(office)

    await look(office)
    await office.work()

    found = await sheet(office, made)
    assert found["state"] == "failed"
    assert found["actions"] == []
    assert found["failure"] == {"code": "given-up", "message": UNREAD}
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
    assert (await office.checked(path))["state"] == "checked"


async def test_a_sheet_that_cannot_be_applied_is_confirmed_again_or_taken_back(
    office: Office, tmp_path: Path
):
    made = await office.confirmed(write(tmp_path / "a.csv", lines(3)))
    await give_up(office)
    await look(office)

    found = await sheet(office, made)
    assert found["state"] == "failed"
    assert found["actions"] == ["confirm"]
    assert found["failure"] == {"code": "given-up", "message": UNFINISHED}

    again = await office.put(f"/imports/{made['id']}/confirmation", found["version"])
    await office.work()

    assert again.status_code == 202
    assert (await sheet(office, made))["state"] == "applied"
    assert (await sheet(office, made))["failure"] is None
    assert await office.count("applications") == 3


async def test_a_sheet_that_somebody_works_on_is_left_alone(office: Office, tmp_path: Path):
    made = await office.confirmed(write(tmp_path / "a.csv", lines(3)))

    await look(office)

    assert (await sheet(office, made))["state"] == "applying"
    assert await office.count("deadlines where kind = 'import-watched'") == 1


async def test_the_same_sheet_sent_again_stands_in_the_way_of_the_failed_one(
    office: Office, tmp_path: Path
):
    path = write(tmp_path / "a.csv", lines(3))
    made = await office.confirmed(path)
    await give_up(office)
    await look(office)
    await office.received(path)

    found = await sheet(office, made)
    again = await office.put(f"/imports/{made['id']}/confirmation", found["version"])

    assert (again.status_code, again.json()["type"]) == (409, "/problems/same-file")
