"""Who may do what with an imported sheet, when, and how often (AUTHZ-02, CON-01 to CON-03)."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.hostile_files import HOSTILE, TREACHEROUS, workbook, write
from tests.people import DING, LI, OTHER_TOWN, QIAN, SUN, TOWN, WANG, WU, ZHAO
from tests.service.import_rig import Office, open_office
from tests.vouching import vouch

GOOD = [
    ["姓名", "身份证号", "手机号", "从业类别"],
    ["张三", "11010519491231002X", "13812345678", "快递员"],
    ["李四", "110101199003070134", "13812345679", "网约送餐员"],
]


@pytest.fixture
async def office(database, keys_dir, tmp_path):
    async with open_office(database, keys_dir, tmp_path / "files") as opened:
        yield opened


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "名单.csv"
    path.write_text("\n".join(",".join(row) for row in GOOD), encoding="utf-8")
    return path


async def test_receive_import_answers_where_the_work_stands(office: Office, sheet):
    answer = await office.send(sheet)

    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["etag"] == '"1"'
    assert (body["state"], body["file_name"]) == ("received", "名单.csv")
    assert body["progress"] == {
        "state": "queued",
        "done": 0,
        "total": None,
        "message": "",
        "is_running": True,
    }
    assert body["actions"] == ["cancel"]


async def test_receive_import_refuses_strangers(office: Office, sheet, keys_dir):
    headers = vouch(keys_dir, "membership")(Idempotency_Key=uuid4().hex)

    answer = await office.client.post(
        "/v1/imports",
        headers=headers,
        files={"file": ("名单.csv", sheet.read_bytes())},
        data={"union_id": str(TOWN)},
    )

    assert answer.status_code == 401


@pytest.mark.parametrize("actor", [WU, QIAN, SUN, DING], ids=lambda actor: actor.name)
async def test_receive_import_is_the_clerks_work(office: Office, sheet, actor, tmp_path):
    answer = await office.send(sheet, actor)

    assert answer.status_code == 403
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_receive_import_for_another_union_is_refused(office: Office, sheet):
    answer = await office.send(sheet, LI, OTHER_TOWN)

    assert answer.status_code == 403


async def test_receive_import_for_no_union_is_refused(office: Office, sheet):
    answer = await office.send(sheet, LI, uuid4())

    assert answer.status_code == 404


async def test_the_same_file_again_names_the_earlier_import(office: Office, sheet, tmp_path):
    first = await office.received(sheet)

    answer = await office.send(sheet)

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/same-file"
    assert answer.json()["import"] == first["id"]
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


async def test_the_same_file_may_come_again_once_the_first_is_over(office: Office, sheet):
    first = await office.received(sheet)
    cancelled = await office.put(f"/imports/{first['id']}/cancellation", first["version"])

    answer = await office.send(sheet)

    assert cancelled.json()["state"] == "cancelled"
    assert answer.status_code == 202


async def test_one_upload_with_one_key_is_one_import(office: Office, sheet):
    headers = office.as_(LI, Idempotency_Key="one-key-for-one-upload")
    how = {"files": {"file": ("名单.csv", sheet.read_bytes())}, "data": {"union_id": str(TOWN)}}

    first = await office.client.post("/v1/imports", headers=headers, **how)
    again = await office.client.post("/v1/imports", headers=headers, **how)

    assert again.status_code == 202
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert await office.count("imports") == 1


async def test_sheets_of_another_union_are_not_there(office: Office, sheet):
    made = await office.checked(sheet)

    for path in ("", "/rows", "/rejected.xlsx", "/progress"):
        answer = await office.get(f"/imports/{made['id']}{path}", ZHAO)
        assert answer.status_code == 404, path
    for what in ("confirmation", "cancellation", "reversal"):
        answer = await office.put(f"/imports/{made['id']}/{what}", made["version"], ZHAO)
        assert answer.status_code == 404, what
    assert (await office.get("/imports", ZHAO)).json()["items"] == []
    assert (await office.mend(made["id"], 2, 1, ZHAO, name="王五")).status_code == 404


async def test_the_county_sees_the_sheets_of_its_towns(office: Office, sheet):
    made = await office.checked(sheet)

    seen = (await office.get("/imports", WANG)).json()["items"]

    assert [item["id"] for item in seen] == [made["id"]]
    assert seen[0]["actions"] == []


@pytest.mark.parametrize("what", ["confirmation", "cancellation", "reversal"])
async def test_changes_need_the_clerks_role(office: Office, sheet, what):
    made = await office.checked(sheet)
    if what == "reversal":
        await office.put(f"/imports/{made['id']}/confirmation", made["version"])
        await office.work()

    answer = await office.put(f"/imports/{made['id']}/{what}", made["version"], WU)

    assert answer.status_code == 403


@pytest.mark.parametrize("what", ["confirmation", "reversal"])
async def test_changes_in_the_wrong_state_are_refused(office: Office, sheet, what):
    made = await office.received(sheet)

    answer = await office.put(f"/imports/{made['id']}/{what}", made["version"])

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-state")


async def test_confirming_twice_is_refused(office: Office, sheet):
    made = await office.confirmed(sheet)

    answer = await office.put(f"/imports/{made['id']}/confirmation", made["version"])
    await office.work()

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-state")
    assert await office.count("applications") == 2


async def test_a_stale_confirmation_is_refused(office: Office, sheet):
    made = await office.checked(sheet)

    answer = await office.put(f"/imports/{made['id']}/confirmation", made["version"] - 1)
    bare = await office.client.put(
        f"/v1/imports/{made['id']}/confirmation",
        headers=office.as_(LI, Idempotency_Key=uuid4().hex),
    )

    assert answer.status_code == 412
    assert bare.status_code == 428


@pytest.mark.parametrize(
    ("name", "build", "reason"), HOSTILE[2:], ids=[hostile[0] for hostile in HOSTILE[2:]]
)
async def test_hostile_files_are_refused_with_their_reason(
    office: Office, tmp_path, name, build, reason
):
    answer = await office.send(write(tmp_path, name, build))

    assert answer.status_code == 422
    assert answer.json()["reason"] == reason
    assert await office.count("imports") == 0
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("name", "build", "reason"), TREACHEROUS, ids=[hostile[0] for hostile in TREACHEROUS]
)
async def test_treacherous_files_fail_with_their_reason(
    office: Office, tmp_path, name, build, reason
):
    made = await office.checked(write(tmp_path, name, build))

    assert made["state"] == "failed"
    assert made["failure"]["code"] in (reason, "column-missing")
    assert made["failure"]["message"]
    assert await office.count("jobs where state = 'done'") == 1


async def test_a_sheet_without_its_columns_fails_and_says_which(office: Office, tmp_path):
    path = write(tmp_path, "a.xlsx", lambda: workbook())

    made = await office.checked(path)

    assert (made["state"], made["failure"]["code"]) == ("failed", "column-missing")
    assert "从业群体" in made["failure"]["message"]


async def test_progress_is_told_until_the_end(office: Office, sheet):
    made = await office.checked(sheet)

    answer = await office.get(f"/imports/{made['id']}/progress")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "event: progress" in answer.text
    assert "event: end" in answer.text
    assert '"state":"checked"' in answer.text


async def test_the_template_can_be_filled_and_sent(office: Office, tmp_path):
    answer = await office.get("/import-templates/gig_workers.xlsx")
    path = tmp_path / "模板.xlsx"
    path.write_bytes(answer.content)

    made = await office.checked(path)

    assert made["counts"]["total"] == 1
    assert {column["name"] for column in made["columns"]} >= {"name", "document", "phone"}
    assert (await office.get("/import-templates/nothing.xlsx")).status_code == 404
