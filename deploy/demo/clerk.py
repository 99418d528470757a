"""The clerk's part of the story: a faulty sheet is checked, mended, applied, sent again."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import openpyxl

from deploy.demo import county, sheets
from deploy.demo.imports import APPLICATIONS, IMPORTS, apply, dry_run, rows_of
from deploy.demo.office import Desk, Json
from deploy.demo.people import Courier
from deploy.demo.sheets import FIRST_ROW, Story, write_story_csv, write_story_xlsx
from deploy.demo.single import agreed, application_of
from deploy.demo.stage import Stage, Surprise, expect

CLERK = "li.jingban"
UNTOUCHED = {"applied": 0, "undone": 0, "kept": 0}
DRY_RUN = {"total": 500, "ready": 488, "faulty": 9, "duplicate": 3} | UNTOUCHED
MENDED = {"total": 500, "ready": 490, "faulty": 7, "duplicate": 3} | UNTOUCHED
AGAIN = {"total": 10, "ready": 7, "faulty": 0, "duplicate": 3} | UNTOUCHED
# Position of a row among the 500: the code of what is said about it.
FAULTS = {
    **dict.fromkeys(sheets.WRONG_CHECK_DIGIT, "check-digit"),
    **dict.fromkeys((*sheets.ID_AS_NUMBER, *sheets.ID_SCIENTIFIC), "spreadsheet-number"),
    **dict.fromkeys(sheets.FIFTEEN_DIGITS, "fifteen-digits"),
    **dict.fromkeys(sheets.WRONG_PHONE, "mobile"),
}
DUPLICATES = {
    sheets.IN_REGISTER: "member-here",
    sheets.ELSEWHERE: "member-elsewhere",
    sheets.SAME_AS_FIRST: "in-file",
}


def prepare_register(stage: Stage, story: Story) -> None:
    """Two people of the sheet are members before it arrives, one of them of another union."""
    clerk, reviewer = stage.desk("feng.jingban"), stage.desk("wang.shenhe")
    texts = agreed(clerk)
    towns = (county.STORY_TOWN, county.OTHER_TOWN)
    for person, town in zip((story.registered, story.elsewhere), towns, strict=True):
        union = stage.union(county.catching_union(town))
        made = clerk.post(APPLICATIONS, application_of(person, union["id"], texts))
        path = f"{APPLICATIONS}/{made['id']}"
        handed = clerk.send("PUT", f"{path}/submission", None, made["version"])
        body = {"outcome": "admitted", "reason": "材料齐全，符合入会条件。"}
        done = reviewer.send("PUT", f"{path}/decision", body, handed["version"])
        expect("窗口登记的结果", done["state"], "admitted")
    stage.tell("名单到来以前，其中两人已经入会：一人就在本工会，一人在金港镇（窗口登记，县里审核）")


def send_sheet(stage: Stage, story: Story) -> Json:
    """As .xlsx and as GBK text the dry run says the same of each row; the text is put away."""
    clerk, union = stage.desk(CLERK), town_union(stage)
    xlsx, text = stage.sheets / "快递员名单.xlsx", stage.sheets / "快递员名单.csv"
    write_story_xlsx(xlsx, story.rows)
    write_story_csv(text, story.rows)
    sheet = dry_run(clerk, xlsx, union)
    found = _findings(clerk, sheet)
    expect("试运行", sheet["counts"], DRY_RUN)
    expect("每一行的问题", found, FAULTS | DUPLICATES | dict.fromkeys(sheets.CLEANED, "cleaned"))
    stage.tell(f"上传 xlsx，试运行：{_told(sheet)}；{len(sheets.CLEANED)} 个号码已自动规整")
    same = dry_run(clerk, text, union)
    expect("csv 的试运行", (same["counts"], _findings(clerk, same)), (DRY_RUN, found))
    clerk.send("PUT", f"{IMPORTS}/{same['id']}/cancellation", None, same["version"])
    stage.tell(f"同一份名单存成 GBK 的 csv：{_told(same)}，逐行相同；取消它")
    return sheet


def mend_and_apply(stage: Stage, story: Story, sheet: Json) -> Json:
    """Two rows are mended in place; then all that is right becomes applications."""
    clerk, path = stage.desk(CLERK), f"{IMPORTS}/{sheet['id']}"
    rows = {row["number"] - FIRST_ROW: row for row in rows_of(clerk, sheet["id"], "faulty")}
    for position, field in TO_MEND:
        row, person = rows[position], story.people[position]
        right = {"document": person.id_number, "phone": person.phone}[field]
        where = f"{path}/rows/{row['number']}"
        mended = clerk.send("PATCH", where, {field: right}, row["version"])
        expect(f"改好的第 {row['number']} 行", mended["state"], "ready")
    mended = clerk.get(path)
    expect("改好两行以后", mended["counts"], MENDED)
    stage.tell(f"就地改好两行：{_told(mended)}")
    done = apply(clerk, mended)
    expect("导入结果", done["counts"], MENDED | {"ready": 0, "applied": 490})
    stage.tell("确认导入：490 人成为待审核的申请")
    return done


def send_rejected_again(stage: Stage, story: Story, sheet: Json) -> Json:
    """The rejected rows come back with reasons; corrected, all but the duplicates go in."""
    clerk = stage.desk(CLERK)
    file = clerk.download(f"{IMPORTS}/{sheet['id']}/rejected.xlsx")
    book = openpyxl.load_workbook(BytesIO(file))
    rows: list[Sequence[Any]] = list(book.worksheets[0].iter_rows(min_row=2))
    reasons = [str(row[-1].value or "") for row in rows]
    if len(rows) != 10 or not all(reason.endswith("。") for reason in reasons):
        raise Surprise(f"退回的表应有 10 行，逐行写明原因，实际是：{reasons}")
    stage.tell(f"下载退回的 10 行，每行都有原因，例如：{reasons[0]}")
    for row in rows:
        _correct(row, story.people[int(row[0].value) - 1])
    again = stage.sheets / "改好再报.xlsx"
    book.save(again)
    checked = dry_run(clerk, again, town_union(stage))
    expect("改好再报的试运行", checked["counts"], AGAIN)
    done = apply(clerk, checked)
    expect("改好再报的结果", done["counts"], AGAIN | {"ready": 0, "applied": 7})
    stage.tell("按原因改好再报：7 人导入，3 个重复的仍被挡住")
    return done


def town_union(stage: Stage) -> str:
    return str(stage.union(county.catching_union(county.STORY_TOWN))["id"])


TO_MEND = ((sheets.WRONG_CHECK_DIGIT[0], "document"), (sheets.WRONG_PHONE[0], "phone"))


def _findings(clerk: Desk, sheet: Json) -> dict[int, str]:
    """By position, the first thing that the dry run says about a row."""
    return {
        row["number"] - FIRST_ROW: row["problems"][0]["code"]
        for row in rows_of(clerk, sheet["id"])
        if row["problems"]
    }


def _told(sheet: Json) -> str:
    counts = sheet["counts"]
    return (
        f"{counts['total']} 行，可导入 {counts['ready']}，"
        f"需修改 {counts['faulty']}，重复 {counts['duplicate']}"
    )


def _correct(row: Sequence[Any], person: Courier) -> None:
    row[sheets.ID_PLACE].value = person.id_number
    row[sheets.PHONE_PLACE].value = person.phone
