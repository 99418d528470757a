"""What a cell says, whatever a spreadsheet or a person made of it (B.7, N)."""

from datetime import date

import pytest

from services.chassis.data.imports.cells import as_text
from services.chassis.data.imports.dates import parse_date
from tests.sheet_columns import check_one, codes

GOOD = {"name": "张三", "document": "11010519491231002X", "phone": "13812345678"}


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026/1/5", date(2026, 1, 5)),
        ("2026.1.5", date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5)),
        (20260105.0, date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)),
        ("2026 年 1 月 5 号", date(2026, 1, 5)),
        ("2026-01-05T00:00:00", date(2026, 1, 5)),
        ("2026/1/5 8:30", date(2026, 1, 5)),
        (46027, date(2026, 1, 5)),
        (46027.0, date(2026, 1, 5)),
        ("46027", date(2026, 1, 5)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-02-29", None),
        ("1/5/2026", None),
        ("26-1-5", None),
        ("2026年1月", None),
        ("去年", None),
        (3, None),
        (True, None),
        ("", None),
    ],
)
def test_a_date_is_read_in_every_usual_form(cell, day):
    assert parse_date(cell) == day


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("张三", "张三"),
        (13812345678.0, "13812345678"),
        (1.5, "1.5"),
        (True, "是"),
        (None, ""),
        (3.20102e17, "3.20102E+17"),
        ('="320102"', "320102"),
        ("'320102", "320102"),
        ("=1+1", "=1+1"),
        ("a\x00b", "ab"),
    ],
)
def test_a_cell_reads_as_the_person_saw_it(cell, text):
    assert as_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "value", "problems"),
    [
        ("11010519491231002X", "11010519491231002X", []),
        ("11010519491231002x", "11010519491231002X", [("document", "cleaned", "warning")]),
        (" 110105 19491231 002X", "11010519491231002X", [("document", "cleaned", "warning")]),
        (
            "１１０１０５１９４９１２３１００２Ｘ",
            "11010519491231002X",
            [("document", "cleaned", "warning")],
        ),
        ("11010519491231002Х", "11010519491231002X", [("document", "cleaned", "warning")]),
        ("110105\u200b19491231002X", "11010519491231002X", [("document", "cleaned", "warning")]),
        (3.2010219900101e17, "3.20102E+17", [("document", "spreadsheet-number", "error")]),
        ("3.20102E+17", "3.20102E+17", [("document", "spreadsheet-number", "error")]),
        (320102199001011234, "3.20102E+17", [("document", "spreadsheet-number", "error")]),
        ("", "", [("document", "required", "error")]),
        (None, "", [("document", "required", "error")]),
        (12345678.0, "12345678", [("document", "cleaned", "warning")]),
    ],
)
def test_an_id_is_cleaned_and_lost_digits_are_an_error(cell, value, problems):
    checked = check_one(**(GOOD | {"document": cell}))

    assert checked.values["document"] == [value]
    assert codes(checked) == problems


@pytest.mark.parametrize(
    ("cell", "value", "problems"),
    [
        (13812345678.0, "13812345678", []),
        ("138 1234 5678", "13812345678", []),
        ("138-1234-5678", "13812345678", []),
        ("１３８１２３４５６７８", "13812345678", []),
        ("1381234567", "1381234567", ["error"]),
        ("0512-58220000", "0512-58220000", ["error"]),
    ],
)
def test_a_phone_is_cleaned_or_explained(cell, value, problems):
    checked = check_one(**(GOOD | {"phone": cell}))

    assert checked.values["phone"] == [value]
    assert [severity for _, _, severity in codes(checked)] == problems


@pytest.mark.parametrize(
    ("cell", "value"),
    [("快递员", "G02"), ("G02", "G02"), ("快递小哥", "G02"), (" 快 递 员 ", "G02"), ("", "")],
)
def test_a_choice_is_its_code_its_label_or_a_synonym(cell, value):
    checked = check_one(**GOOD, group=cell)

    assert (checked.values["group"], codes(checked)) == ([value], [])


def test_a_choice_outside_the_list_says_what_may_stand_there():
    checked = check_one(**GOOD, group="飞行员")

    assert [p.message for p in checked.problems[0]] == [
        "群体不在可选范围内，可填：货车司机、快递员、网约送餐员、网约车司机。"
    ]


def test_every_problem_of_a_row_is_named():
    checked = check_one(name="", document=3.2e17, phone="12", group="飞行员", started_on="明天")

    assert [(p.field, p.code) for p in checked.problems[0]] == [
        ("name", "required"),
        ("document", "spreadsheet-number"),
        ("phone", checked.problems[0][2].code),
        ("group", "choice"),
        ("started_on", "date"),
    ]
    assert all(p.message.endswith("。") for p in checked.problems[0])
