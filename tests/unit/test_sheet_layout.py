"""The header is found below titles, in any order, by any known name (issue: real sheets)."""

import pytest

from services.chassis.data.imports.check import check_chunk
from services.chassis.data.imports.headers import plain_header
from services.chassis.data.imports.layout import find_layout
from services.chassis.data.imports.refused import SheetRefused
from tests.sheet_columns import COLUMNS


def numbered(*rows: list[object]) -> list[tuple[int, list[object]]]:
    return list(enumerate(rows, 1))


@pytest.mark.parametrize(
    "typed",
    [
        "证件号码",
        "* 证件 号码（必填）",
        "证件号码：",
        "证件号码(18位)",
        "证\n件号码",
        "【注】证件号码",
    ],
)
def test_headers_are_compared_without_marks_and_notes(typed):
    assert plain_header(typed) == "证件号码"


def test_find_layout_looks_below_merged_titles():
    rows = numbered(
        ["唐桥镇名单", "", "", ""],
        ["填报单位：唐桥镇总工会", "", "", ""],
        ["序号", "手机号", "身份证号", "姓 名"],
        [1.0, "13812345678", "x", "张三"],
    )

    layout = find_layout(COLUMNS, rows)

    assert layout.header_row == 3
    assert layout.places == {"phone": 1, "document": 2, "name": 3}
    assert layout.ignored == ("序号",)


def test_find_layout_names_what_is_missing():
    with pytest.raises(SheetRefused) as refused:
        find_layout(COLUMNS, numbered(["姓名", "手机号", "备注"]))

    assert (refused.value.reason, "证件号码" in refused.value.detail) == ("column-missing", True)


def test_find_layout_refuses_two_columns_for_one_thing():
    with pytest.raises(SheetRefused) as refused:
        find_layout(COLUMNS, numbered(["姓名", "手机号", "移动电话", "身份证号"]))

    assert refused.value.reason == "column-twice"
    assert "手机号" in refused.value.detail
    assert "移动电话" in refused.value.detail


def test_find_layout_refuses_a_sheet_without_a_header():
    with pytest.raises(SheetRefused) as refused:
        find_layout(COLUMNS, numbered(["张三", "110", "138"], ["李四", "111", "139"]))

    assert refused.value.reason == "no-header"


def test_rows_that_hold_nothing_known_are_left_out():
    layout = find_layout(COLUMNS, numbered(["序号", "姓名", "证件号码", "手机号"]))
    rows = [
        ["序号", "姓名", "证件号码", "手机号"],
        [1, "张三"],
        [],
        [2, "", "", ""],
        [3, "李四", "x", "y"],
    ]

    checked = check_chunk(COLUMNS, layout, 1, rows)

    assert checked.numbers == [2, 5]
    assert checked.values["name"] == ["张三", "李四"]
    assert checked.values["document"] == ["", "X"]
