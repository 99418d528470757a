"""The columns that tests of the import kit read by, and a way to read a sheet whole."""

from pathlib import Path
from typing import Any

from services.chassis.data.imports.check import Checked, check_chunk
from services.chassis.data.imports.columns import CellKind, Choice, Column, known_headers
from services.chassis.data.imports.layout import Layout, find_layout
from services.chassis.data.imports.reading import inspect, read

COLUMNS = (
    Column("name", "姓名", ("职工姓名",), required=True, longest=20, example="王小明"),
    Column("document", "证件号码", ("身份证号",), required=True, kind=CellKind.DOCUMENT),
    Column("phone", "移动电话", ("手机号",), required=True, kind=CellKind.PHONE),
    Column(
        "group",
        "群体",
        ("从业类别",),
        kind=CellKind.CHOICE,
        choices=(
            Choice("G01", "货车司机"),
            Choice("G02", "快递员", ("快递小哥",)),
            Choice("G06", "网约送餐员"),
            Choice("G09", "网约车司机"),
        ),
    ),
    Column("started_on", "从业日期", ("入职时间",), kind=CellKind.DATE),
)


async def read_sheet(path: Path) -> tuple[Layout, list[tuple[int, list[Any]]]]:
    """The layout, and every numbered row of the sheet."""
    format_ = await inspect(path, path.name)
    rows = [
        (chunk.first + place, row)
        async for chunk in read(path, format_, known_headers(COLUMNS))
        for place, row in enumerate(chunk.rows)
    ]
    return find_layout(COLUMNS, rows), rows


def check_one(**cells: Any) -> Checked:
    """One row, by column name."""
    layout = Layout(0, (), {name: place for place, name in enumerate(cells)})
    return check_chunk(COLUMNS, layout, 1, [list(cells.values())])


def codes(checked: Checked) -> list[tuple[str, str, str]]:
    """(field, code, severity) of the only row's problems."""
    return [(p.field, p.code, str(p.severity)) for p in checked.problems.get(0, [])]
