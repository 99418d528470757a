"""Membership is killed in the middle of an import, as by a power cut, and starts again."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from deploy.demo.clerk import CLERK, town_union
from deploy.demo.imports import APPLICATIONS, IMPORTS, all_pages, confirm, dry_run, rows_of
from deploy.demo.office import Desk, Json
from deploy.demo.stage import SECOND_LIST, Stage, Surprise, expect
from deploy.demo.template import write_sheet

WATCHER = "feng.jingban"  # looks often, which counts against nobody else's limit
ROWS = 12_000  # several of the chunks that commit
CAUGHT_WITHIN = 30.0
GLANCE, GLANCE_LATER = 0.05, 1.0
PARTS = frozenset({"membership", "membership-worker", "services.membership.worker"})
HOSTS = frozenset({"deploy.host", "services.membership.worker"})


@dataclass(frozen=True, slots=True)
class Cut:
    """The import that was under way, and how many of its rows were in when the power went."""

    sheet: Json
    done: int


def cut_power(stage: Stage) -> Cut:
    """The service and its worker are killed while the list is being applied."""
    clerk = stage.desk(CLERK)
    path = stage.sheets / "第二份名单.xlsx"
    write_sheet(path, islice(stage.people(SECOND_LIST), ROWS))
    sheet = dry_run(clerk, path, town_union(stage))
    expect("第二份名单的试运行", sheet["counts"]["ready"], ROWS)
    stage.tell(f"第二份名单，{ROWS} 人，试运行全部可导入；确认导入")
    done = _caught(stage.desk(WATCHER), confirm(clerk, sheet))
    killed = list(membership_processes(stage))
    if not killed:
        raise Surprise("没有找到会员服务的进程，无法中断它")
    for process in killed:
        os.kill(process, signal.SIGKILL)
    stage.tell(f"导入到 {done} 人时，用 SIGKILL 杀掉会员服务和它的后台进程（{len(killed)} 个）")
    clerk.wait(f"{IMPORTS}/{sheet['id']}", lambda found: True)
    stage.tell("守护进程已把它们重新启动，服务恢复应答；没做完的导入等租约到期后接着做")
    return Cut(sheet, done)


def finish(stage: Stage, cut: Cut) -> None:
    """Whatever was in stays, whatever was not comes, nothing comes twice."""
    clerk = stage.desk(CLERK)
    path = f"{IMPORTS}/{cut.sheet['id']}"
    done = clerk.wait(path, lambda found: found["state"] == "applied", GLANCE_LATER)
    counts = done["counts"]
    expect("中断过的导入", (counts["applied"], counts["ready"]), (ROWS, 0))
    rows = rows_of(clerk, done["id"])
    expect("名单的行", (len(rows), {row["state"] for row in rows}), (ROWS, {"applied"}))
    made = list(all_pages(clerk, APPLICATIONS, batch=done["id"]))
    expect("名单带来的申请", len(made), ROWS)
    linked = {row["application_id"] for row in rows}
    expect("每行一份申请", linked, {application["id"] for application in made})
    expect("每份一个编号", len({application["number"] for application in made}), ROWS)
    stage.tell(f"导入完成：{ROWS} 行、{ROWS} 份申请，一份不少，一份不重")
    body = {"reason": "演示名单，整批撤销"}
    clerk.send("PUT", f"{path}/reversal", body, done["version"])
    undone = clerk.wait(path, lambda found: found["state"] == "undone")
    expect("撤销", undone["counts"]["undone"], ROWS)
    stage.tell(f"整批撤销：{ROWS} 份申请已撤回，下次可以再讲一遍")


def _caught(watcher: Desk, path: str) -> int:
    """How many rows were in when the import was seen half-way."""
    end = time.monotonic() + CAUGHT_WITHIN
    while time.monotonic() < end:
        found = watcher.get(path)
        applied = int(found["counts"]["applied"])
        if found["state"] != "applying":
            raise Surprise(f"导入已经结束（{found['state_label']}），来不及中断")
        if 0 < applied < ROWS:
            return applied
        time.sleep(GLANCE)
    raise Surprise(f"{CAUGHT_WITHIN:.0f} 秒内导入没有开始")


def membership_processes(stage: Stage) -> Iterator[int]:
    """Of this platform, by its home and port; in a small run one process hosts every part."""
    where = {f"NIANGJIA_HOME={stage.home}", f"PORT={stage.port}"}
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            words = _words(folder / "cmdline") if folder.name.isdigit() else set()
            if words & HOSTS and words & PARTS and where <= _words(folder / "environ"):
                yield int(folder.name)


def _words(file: Path) -> set[str]:
    return set(file.read_bytes().decode(errors="replace").split("\0"))
