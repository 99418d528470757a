"""``python -m deploy.restore --at <instant|latest> --to <folder> [--from …] [--keys …]``."""

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.backup.settings import Settings, folder_of
from deploy.restore.command import Restored, restore
from deploy.site import open_site
from deploy.voice import Trouble, complain, in_one_sentence, say


def instant(written: str) -> datetime | None:
    """An instant; without a zone it is Beijing's time, as people there write it."""
    if written == "latest":
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise argparse.ArgumentTypeError("时间写作 2026-11-21T13:00:00+08:00，或 latest") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def tell(done: Restored, home: Path) -> None:
    for finding in done.findings:
        say(f"{'✓' if finding.is_good else '✗'} {finding.sentence}")
    reached = done.reached.isoformat() if done.reached else "base copy"
    say(f"恢复到 restored to: {reached} (base {done.base})")
    if done.wanted and done.reached:
        say(
            f"RPO：最后一笔提交早于所求 last commit before the instant by "
            f"{max(0.0, (done.wanted - done.reached).total_seconds()):.1f} s"
        )
    say(f"RTO：{done.seconds:.1f} s（复制、重放、核对 copy, replay, check）")
    say(f"启动 start it: NIANGJIA_HOME={home} make run；再做一次基础备份 then a base copy.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.restore", description="恢复到某一时刻")
    parser.add_argument("--at", type=instant, required=True, help="时刻，或 latest")
    parser.add_argument("--to", type=Path, required=True, help="新的空目录")
    parser.add_argument("--from", dest="source", type=Path, help="备份目录，默认 BACKUP_FOLDER")
    parser.add_argument("--keys", type=Path, help="密钥目录，默认 BACKUP_KEYS")
    options = parser.parse_args()
    try:
        settings, here = Settings(), open_site()
        home = options.to.absolute()
        os.environ["NIANGJIA_HOME"] = str(home)
        done = restore(
            (options.source or folder_of(settings, here)).absolute(),
            options.at,
            open_site(),
            options.keys or settings.keys or here.keys,
        )
    except Trouble as trouble:
        complain(str(trouble))
        return 1
    except OSError as error:
        complain(in_one_sentence(error))
        return 1
    tell(done, home)
    if not done.is_whole:
        complain("恢复的数据不完整，不要启用 what was restored is not whole: do not use it.")
    return 0 if done.is_whole else 2


if __name__ == "__main__":
    sys.exit(main())
