"""The story's sheet is the same each time, has exactly its faults, and reads the same twice."""

from deploy.demo import sheets
from services.chassis.data.imports.check import check_chunk
from services.chassis.kernel.identifiers import DocumentKind, InvalidIdentifier, parse_document
from tests.sheet_columns import COLUMNS, read_sheet


def checked_of(layout, rows):
    return check_chunk(COLUMNS, layout, 1, [row for _, row in rows])


def test_story_is_the_same_for_the_same_seed():
    assert sheets.story().rows == sheets.story().rows
    assert sheets.story(1).rows != sheets.story(2).rows


def test_story_ids_are_valid_before_the_faults():
    for person in sheets.story().people:
        assert parse_document(DocumentKind.RESIDENT_ID, person.id_number).number == person.id_number


async def test_story_reads_with_its_faults_and_no_others(tmp_path):
    path = tmp_path / "名单.xlsx"
    sheets.write_story_xlsx(path, sheets.story().rows)

    layout, rows = await read_sheet(path)
    checked = checked_of(layout, rows)

    assert (layout.header_row, len(checked.numbers)) == (3, 500)
    assert checked.numbers[0] == sheets.FIRST_ROW
    wrong = set(bad_documents(checked.values["document"]))
    assert wrong == set(
        sheets.WRONG_CHECK_DIGIT
        + sheets.ID_AS_NUMBER
        + sheets.ID_SCIENTIFIC
        + sheets.FIFTEEN_DIGITS
    )
    errors = {
        p for p, found in checked.problems.items() if any(f.severity == "error" for f in found)
    }
    assert errors == set(sheets.ID_AS_NUMBER + sheets.ID_SCIENTIFIC + sheets.WRONG_PHONE)
    cleaned = {p for p, found in checked.problems.items() if found[0].code == "cleaned"}
    assert cleaned == set(sheets.CLEANED)
    assert all(checked.values["started_on"])


async def test_story_as_gbk_csv_reads_the_same(tmp_path):
    story = sheets.story()
    sheets.write_story_xlsx(tmp_path / "a.xlsx", story.rows)
    sheets.write_story_csv(tmp_path / "a.csv", story.rows)

    one = checked_of(*await read_sheet(tmp_path / "a.xlsx"))
    other = checked_of(*await read_sheet(tmp_path / "a.csv"))

    assert one.values == other.values
    assert one.problems == other.problems
    assert one.numbers == other.numbers


def bad_documents(numbers):
    for position, number in enumerate(numbers):
        try:
            parse_document(DocumentKind.RESIDENT_ID, number)
        except InvalidIdentifier:
            yield position
