"""The sheet of 500 couriers, from upload to applications (the story that must run)."""

import io
from pathlib import Path

import openpyxl
import pytest

from deploy.demo import sheets
from tests.people import LI, OTHER_TOWN, OTHER_TOWN_PATH, TOWN, TOWN_PATH
from tests.service.import_rig import Office, open_office

COUNTS = {"total": 500, "ready": 488, "faulty": 9, "duplicate": 3, "applied": 0, "undone": 0}


@pytest.fixture
async def office(database, keys_dir, tmp_path):
    async with open_office(database, keys_dir, tmp_path / "files") as opened:
        yield opened


@pytest.fixture
async def story(office: Office, tmp_path: Path) -> Path:
    """The sheet, with two of its people in the register already."""
    told = sheets.story()
    await office.enrol(told.registered, TOWN, TOWN_PATH)
    await office.enrol(told.elsewhere, OTHER_TOWN, OTHER_TOWN_PATH)
    path = tmp_path / "快递员名单.xlsx"
    sheets.write_story_xlsx(path, told.rows)
    sheets.write_story_csv(path.with_suffix(".csv"), told.rows)
    return path


async def test_check_import_finds_exactly_the_faults_of_the_story(office, story):
    made = await office.checked(story)

    assert made["state"] == "checked"
    assert made["counts"] == COUNTS | {"kept": 0}
    faulty = await office.rows(made["id"], "faulty")
    assert {row["number"] - sheets.FIRST_ROW for row in faulty} == set(sheets.FAULTY)
    found = {row["number"] - sheets.FIRST_ROW: row["problems"][0]["code"] for row in faulty}
    for positions, code in (
        (sheets.WRONG_CHECK_DIGIT, "check-digit"),
        (sheets.ID_AS_NUMBER, "spreadsheet-number"),
        (sheets.ID_SCIENTIFIC, "spreadsheet-number"),
        (sheets.FIFTEEN_DIGITS, "fifteen-digits"),
    ):
        assert {found[position] for position in positions} == {code}
    warned = [row for row in await office.rows(made["id"], "ready") if row["problems"]]
    assert {row["number"] - sheets.FIRST_ROW for row in warned} == set(sheets.CLEANED)


async def test_check_import_says_where_a_duplicate_stands(office, story):
    made = await office.checked(story)

    rows = await office.rows(made["id"], "duplicate")

    assert [(r["number"] - sheets.FIRST_ROW, r["problems"][0]["code"]) for r in rows] == [
        (sheets.IN_REGISTER, "member-here"),
        (sheets.ELSEWHERE, "member-elsewhere"),
        (sheets.SAME_AS_FIRST, "in-file"),
    ]
    here, elsewhere, in_file = (row["problems"][0] for row in rows)
    assert here["record"].startswith("/members/")
    assert elsewhere["record"] is None
    assert "金港镇总工会" in elsewhere["message"]
    assert "第 9 行" in in_file["message"]


async def test_rows_show_masked_cells_only(office, story):
    made = await office.checked(story)

    rows = await office.rows(made["id"])

    shown = str(rows)
    for person in sheets.story().people:
        assert person.id_number not in shown
        assert person.phone not in shown
    assert rows[0]["cells"]["group_code"] in ("快递员", "网约送餐员", "货车司机", "网约车司机")


async def test_the_gbk_csv_comes_out_the_same(office, story):
    one = await office.checked(story)
    other = await office.checked(story.with_suffix(".csv"))

    assert one["counts"] == other["counts"]
    first, second = await office.rows(one["id"]), await office.rows(other["id"])
    assert first == second


async def test_apply_import_makes_one_application_for_each_ready_row(office, story):
    made = await office.confirmed(story)
    assert made["state"] == "applying"

    await office.work()

    done = (await office.get(f"/imports/{made['id']}")).json()
    assert done["state"] == "applied"
    assert done["counts"] == COUNTS | {"ready": 0, "applied": 488, "kept": 0}
    assert await office.count("applications") == 488
    assert await office.count("applications where state = 'submitted'") == 488
    assert await office.count("application_steps where action = 'submit'") == 488
    assert await office.count("deadlines where kind = 'review'") == 488
    assert await office.count("consents where channel = 'batch'") == 2 * 488
    assert await office.count("import_staging") == 0
    assert await office.count("audit where action = 'import.applied'") == 1
    assert await office.count("outbox where topic = 'membership.batch.applied'") == 1


async def test_applications_of_an_import_can_be_read(office, story):
    made = await office.confirmed(story)
    await office.work()

    page = (await office.get("/applications", batch=made["id"], limit=5)).json()["items"]

    people = {person.phone[-4:]: person for person in sheets.story().people}
    for item in page:
        person = people[item["person"]["phone"][-4:]]
        assert item["person"]["name"] == person.name
        assert item["group"]["code"] == person.group_code
        assert item["platforms"] == [person.platform]
        assert item["channel"]["code"] == "batch"
        assert item["prepared_name"] == LI.name
        assert item["clocks"][0]["rule"] == "M-08"
        assert item["path"]["path"]["code"] in ("P1", "P2", "P3")


async def test_rejected_rows_come_back_as_the_same_sheet_with_reasons(office, story):
    made = await office.checked(story)

    answer = await office.get(f"/imports/{made['id']}/rejected.xlsx")

    assert answer.status_code == 200
    assert "filename*=utf-8''" in answer.headers["content-disposition"].lower()
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [cell.replace(" ", "") for cell in header] == [
        *(title.replace(" ", "") for title in sheets.HEADERS),
        "退回原因",
    ]
    assert len(rows) == 12
    assert all(row[-1].endswith("。") for row in rows)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    formula = next(row for row in sheet.iter_rows() if row[9].value == "=1+1")
    assert formula[9].data_type == "s"

    as_csv = (await office.get(f"/imports/{made['id']}/rejected.csv")).content.decode("utf-8-sig")
    assert ",'=1+1," in as_csv


async def test_corrected_rows_can_be_sent_again(office, story, tmp_path):
    made = await office.confirmed(story)
    await office.work()
    rejected = await office.get(f"/imports/{made['id']}/rejected.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(rejected.content))
    people = {str(n): person for n, person in enumerate(sheets.story().people, 1)}
    for row in sheet.active.iter_rows(min_row=2):
        person = people[row[0].value]
        row[sheets.ID_PLACE].value, row[sheets.PHONE_PLACE].value = person.id_number, person.phone
    sheet.save(tmp_path / "again.xlsx")

    again = await office.confirmed(tmp_path / "again.xlsx")
    await office.work()

    done = (await office.get(f"/imports/{again['id']}")).json()
    assert (done["counts"]["applied"], done["counts"]["duplicate"]) == (9, 3)
    assert await office.count("applications") == 497
