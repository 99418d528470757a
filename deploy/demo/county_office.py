"""The county's part of the story: approval in bulk by other eyes, and the audit of it all."""

from datetime import datetime

from deploy.demo.clerk import CLERK
from deploy.demo.imports import APPLICATIONS, all_pages, applications_of
from deploy.demo.office import Json, Refused, admit_batch
from deploy.demo.stage import Stage, Surprise, expect

REVIEWER, AUDITOR = "wang.shenhe", "qian.shenji"
# What the audit must show of one application that a worker handed in, oldest first.
STEPS_OF_A_WORKER = ["application.prepared", "application.submit", "application.admit"]
STEPS_OF_A_SHEET = [
    "import.received",
    "import.checked",
    "import.row-mended",
    "import.row-mended",
    "import.confirmed",
    "import.applied",
    "import.finished",
    "import.rejected-downloaded",
]


def refuse_own(stage: Stage, sheet: Json) -> None:
    """Whoever entered the sheet cannot decide on it, neither whole nor one by one."""
    clerk = stage.desk(CLERK)
    first = applications_of(clerk, sheet["id"], "submitted")[0]
    body = {"outcome": "admitted", "reason": "自己同意自己"}
    attempts = (
        ("POST", "/membership/v1/decisions", body | {"batch_id": sheet["id"]}, None),
        ("PUT", f"{APPLICATIONS}/{first['id']}/decision", body, first["version"]),
    )
    for method, path, asked, version in attempts:
        try:
            clerk.send(method, path, asked, version)
        except Refused as refused:
            expect("经办人自己审核", refused.status, 403)
            said = refused.problem["detail"]
        else:
            raise Surprise("经办人审核了自己经办的申请")
    stage.tell(f"李经办想自己同意：被拒绝（403）——{said}")


def approve(stage: Stage, sheets: list[Json], application: Json) -> int:
    """Each sheet at once, and the worker's own application; every one becomes one member."""
    reviewer, members = stage.desk(REVIEWER), 0
    for sheet in sheets:
        admit_batch(reviewer, sheet["id"])
        admitted = applications_of(reviewer, sheet["id"], "admitted")
        expect("审核通过的申请", len(admitted), sheet["counts"]["applied"])
        expect("新会员", len({one["membership_id"] for one in admitted} - {None}), len(admitted))
        members += len(admitted)
    body = {"outcome": "admitted", "reason": "名单已核对"}
    chosen = body | {"application_ids": [application["id"]]}
    decided = reviewer.post("/membership/v1/decisions", chosen)
    expect("单独提交的申请", (decided["decided"], decided["kept_back"]), (1, 0))
    stage.tell(f"王审核（县总工会）批量同意：{members + 1} 人入会，每人一个会员号")
    return members + 1


def read_audit(stage: Stage, application: Json, sheet: Json, since: datetime) -> None:
    """Every step stands there in order, and both chains hold."""
    auditor = stage.desk(AUDITOR)
    for subject, wanted in ((application, STEPS_OF_A_WORKER), (sheet, STEPS_OF_A_SHEET)):
        rows = all_pages(auditor, "/membership/v1/audit", subject=subject["id"])
        steps = [row["action"] for row in rows if row["action"] in wanted]
        expect("审计记录", steps[::-1], wanted)
    asked = {"action": "staff.log-in", "since": since.isoformat()}
    rows = all_pages(auditor, "/identity/v1/audit", **asked)
    log_ins = [row for row in rows if row["outcome"] == "done"]
    stage.tell(
        f"钱审计查审计：那份申请 {len(STEPS_OF_A_WORKER)} 步、那份名单 {len(STEPS_OF_A_SHEET)} 步，"
        f"一步不缺；这一场登录 {len(log_ins)} 次"
    )
    for service in ("identity", "membership"):
        chain = auditor.get(f"/{service}/v1/audit/verification")
        expect(f"{service} 的审计链", (chain["intact"], chain["problems"]), (True, []))
        stage.tell(f"校验 {service} 的审计链：完整，{chain['batches']} 批 {chain['rows']} 条")
