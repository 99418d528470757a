"""Mending rows in the page, cancelling, and taking an import back."""

from pathlib import Path

import pytest

from deploy.demo.people import couriers
from services.chassis.kernel.actors import Role
from tests.people import LI, TOWN_PATH, WU
from tests.service.import_rig import Office, open_office

TITLES = "姓名,身份证号,手机号,从业类别,入职时间"


@pytest.fixture
async def office(database, keys_dir, tmp_path):
    async with open_office(database, keys_dir, tmp_path / "files") as opened:
        yield opened


def lines(count: int, seed: int = 7) -> list[list[str]]:
    people = couriers(seed)
    return [
        [p.name, p.id_number, p.phone, p.group, p.started_on.isoformat()]
        for p in (next(people) for _ in range(count))
    ]


def write(path: Path, rows: list[list[str]]) -> Path:
    path.write_text("\n".join([TITLES, *(",".join(row) for row in rows)]), encoding="utf-8")
    return path


async def test_mend_row_makes_a_faulty_row_ready(office: Office, tmp_path):
    people = lines(3)
    right = people[1][1]
    people[1][1] = "3.20582E+17"
    made = await office.checked(write(tmp_path / "a.csv", people))

    answer = await office.mend(made["id"], 3, 1, document=right)

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["problems"]) == ("ready", [])
    assert answer.headers["etag"] == '"2"'
    now = (await office.get(f"/imports/{made['id']}")).json()
    assert (now["counts"]["ready"], now["counts"]["faulty"]) == (3, 0)
    assert now["version"] == made["version"]


async def test_mend_row_with_another_fault_says_so(office: Office, tmp_path):
    people = lines(2)
    people[1][2] = "1381234"
    made = await office.checked(write(tmp_path / "a.csv", people))

    answer = await office.mend(made["id"], 3, 1, phone="12", started_on="昨天")

    assert answer.json()["state"] == "faulty"
    assert [p["field"] for p in answer.json()["problems"]] == ["phone", "started_on"]


async def test_mend_row_looks_for_duplicates_anew(office: Office, tmp_path):
    people = lines(3)
    right = people[2][1]
    people[2][1] = people[0][1]
    made = await office.checked(write(tmp_path / "a.csv", people))
    assert made["counts"]["duplicate"] == 1

    mended = await office.mend(made["id"], 4, 1, document=right)
    again = await office.mend(made["id"], 2, 1, document=right)

    assert mended.json()["state"] == "ready"
    assert again.json()["state"] == "ready"
    states = {row["number"]: row["state"] for row in await office.rows(made["id"])}
    assert states == {2: "ready", 3: "ready", 4: "duplicate"}


async def test_mend_row_refuses_what_it_cannot_do(office: Office, tmp_path):
    made = await office.checked(write(tmp_path / "a.csv", lines(2)))

    stale = await office.mend(made["id"], 2, 7, name="王五")
    unknown = await office.mend(made["id"], 2, 1, salary="1")
    nothing = await office.mend(made["id"], 2, 1)
    nowhere = await office.mend(made["id"], 99, 1, name="王五")
    reviewer = await office.mend(made["id"], 2, 1, WU, name="王五")

    assert [a.status_code for a in (stale, unknown, nothing, nowhere, reviewer)] == [
        412,
        422,
        422,
        404,
        403,
    ]
    assert unknown.json()["errors"][0]["pointer"] == "/salary"


async def test_mend_row_after_confirmation_is_refused(office: Office, tmp_path):
    made = await office.confirmed(write(tmp_path / "a.csv", lines(2)))

    answer = await office.mend(made["id"], 2, 1, name="王五")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-state")


async def test_confirm_import_with_nothing_ready_is_refused(office: Office, tmp_path):
    people = [[*line[:2], "1", *line[3:]] for line in lines(2)]
    made = await office.checked(write(tmp_path / "a.csv", people))

    answer = await office.put(f"/imports/{made['id']}/confirmation", made["version"])

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nothing-ready")
    assert "confirm" not in made["actions"]


async def test_somebody_who_applied_meanwhile_is_left_out(office: Office, tmp_path):
    people = lines(4)
    first = await office.confirmed(write(tmp_path / "a.csv", people[:3]))
    second = await office.confirmed(write(tmp_path / "b.csv", people[1:]))

    await office.work()

    one = (await office.get(f"/imports/{first['id']}")).json()["counts"]
    other = (await office.get(f"/imports/{second['id']}")).json()["counts"]
    assert one["applied"] + other["applied"] == 4
    assert one["duplicate"] + other["duplicate"] == 2
    assert await office.count("applications") == 4


async def test_reverse_import_withdraws_what_nobody_decided(office: Office, tmp_path):
    made = await office.confirmed(write(tmp_path / "a.csv", lines(5)))
    await office.work()
    await office.change(
        "update membership.applications set state = 'admitted' where id ="
        " (select id from membership.applications order by id limit 1)"
    )
    applied = (await office.get(f"/imports/{made['id']}")).json()

    answer = await office.put(f"/imports/{made['id']}/reversal", applied["version"])
    assert (answer.status_code, answer.json()["state"]) == (202, "undoing")
    await office.work()

    done = (await office.get(f"/imports/{made['id']}")).json()
    assert done["state"] == "undone"
    assert (done["counts"]["undone"], done["counts"]["kept"]) == (4, 1)
    assert await office.count("applications where state = 'withdrawn'") == 4
    assert await office.count("application_steps where action = 'withdraw'") == 4
    assert await office.count("deadlines where kind = 'review'") == 1
    assert await office.count("audit where action = 'import.undone'") == 2
    assert await office.count("consents where withdrawn_channel = 'batch'") == 4 * 2
    assert await office.count("consents where withdrawn_at is null") == 2


async def test_an_undone_sheet_can_be_sent_again(office: Office, tmp_path):
    path = write(tmp_path / "a.csv", lines(2))
    made = await office.confirmed(path)
    await office.work()
    applied = (await office.get(f"/imports/{made['id']}")).json()
    await office.put(f"/imports/{made['id']}/reversal", applied["version"])
    await office.work()

    again = await office.checked(path)

    assert again["counts"]["ready"] == 2


async def test_cancel_import_stops_the_work_that_waits(office: Office, tmp_path):
    made = await office.confirmed(write(tmp_path / "a.csv", lines(3)))

    answer = await office.put(f"/imports/{made['id']}/cancellation", made["version"])
    await office.work()

    assert answer.json()["state"] == "cancelled"
    assert answer.json()["actions"] == []
    assert await office.count("applications") == 0
    assert await office.count("jobs where state = 'cancelled'") == 1


async def test_cancel_import_removes_the_file(office: Office, tmp_path):
    made = await office.received(write(tmp_path / "a.csv", lines(3)))

    await office.put(f"/imports/{made['id']}/cancellation", made["version"])
    await office.work()

    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_who_lost_the_role_applies_nothing(office: Office, tmp_path):
    made = await office.confirmed(write(tmp_path / "a.csv", lines(3)))
    await office.change("update membership.jobs set actor = jsonb_set(actor, '{roles}', '[]')")

    await office.work()

    assert await office.count("applications") == 0
    assert await office.count("jobs where state = 'failed' and error_code = 'forbidden'") == 1
    assert (await office.get(f"/imports/{made['id']}")).json()["state"] == "applying"


async def test_work_that_was_finished_when_its_worker_died_is_not_done_again(office, tmp_path):
    made = await office.confirmed(write(tmp_path / "a.csv", lines(3)))
    await office.work()
    again = "update membership.jobs set state = 'queued', finished_at = null, leased_until = null"
    await office.change(again)

    await office.work()

    assert await office.count("jobs where state = 'done'") == 2
    assert await office.count("applications") == 3
    assert (await office.get(f"/imports/{made['id']}")).json()["state"] == "applied"


async def test_the_file_itself_is_gone_once_its_rows_are_kept(office, tmp_path):
    await office.checked(write(tmp_path / "a.csv", lines(2)))

    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_the_cast_is_as_these_tests_need_it():
    assert (LI.union_path, LI.roles) == (TOWN_PATH, {Role.CLERK})
