"""A clean list of people, as an office fills the template."""

from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from deploy.demo.people import Courier

HEADERS = ("姓名", "证件号码", "移动电话", "从业群体", "平台企业", "用工形式", "居住地址")


def write_sheet(path: Path, people: Iterable[Courier]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for place, header in enumerate(HEADERS):
            sheet.write_string(0, place, header)
        for number, person in enumerate(people, 1):
            cells = (
                person.name,
                person.id_number,
                person.phone,
                person.group,
                person.platform,
                person.relation,
                person.address,
            )
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
