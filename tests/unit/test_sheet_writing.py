"""What goes out opens as text everywhere: nothing in it is a formula (INP-05)."""

import csv
import io

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from services.chassis.data.attachments import safe_name
from services.chassis.data.imports.layout import find_layout
from services.chassis.data.imports.writing import csv_rows, write_template, xlsx_rows
from tests.sheet_columns import COLUMNS

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")']
HEADERS = ["姓名", "退回原因"]


def test_write_xlsx_keeps_formulas_as_text(tmp_path):
    with xlsx_rows(tmp_path / "a.xlsx", HEADERS) as add:
        add([text, "http://x"] for text in FORMULAS[:3])
        add([text, "http://x"] for text in FORMULAS[3:])

    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]

    assert [unescape(cell.value) for cell in cells] == FORMULAS
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in sheet["B"])


def test_write_csv_has_a_mark_and_neutral_cells(tmp_path):
    with csv_rows(tmp_path / "a.csv", HEADERS) as add:
        add([text, '他说"好",走了'] for text in FORMULAS)

    raw = (tmp_path / "a.csv").read_bytes()
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))

    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in raw
    assert rows[0] == HEADERS
    assert [row[0] for row in rows[1:]] == ["'" + text for text in FORMULAS]
    assert rows[1][1] == '他说"好",走了'


def test_write_template_can_be_read_back(tmp_path):
    write_template(tmp_path / "a.xlsx", COLUMNS, "名单")

    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    rows = [list(row) for row in book["名单"].iter_rows(values_only=True)]
    layout = find_layout(COLUMNS, enumerate(rows, 1))

    assert layout.header_row == 1
    assert layout.places == {column.name: place for place, column in enumerate(COLUMNS)}
    assert rows[1][0] == "王小明"
    assert book["填写说明"]["A3"].value == "姓名"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("名单.xlsx", "名单.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\名单.xls", "名单.xls"),
        ("a\x00b\r\n.csv", "ab.csv"),
        ("\u202egnp.xlsx", "gnp.xlsx"),
        ("长" * 300 + ".xlsx", "长" * 195 + ".xlsx"),
        ("..", "未命名"),
        ("", "未命名"),
    ],
)
def test_safe_name_is_harmless(name, kept):
    assert safe_name(name) == kept
