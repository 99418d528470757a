"""``python -m deploy.backup base | archive | mark | list | prune | keys --to <folder>``."""

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from deploy.backup.archive import archive
from deploy.backup.base import take_base
from deploy.backup.files import mirror
from deploy.backup.marks import take_mark
from deploy.backup.prune import prune
from deploy.backup.secrets import copy_keys
from deploy.backup.settings import Settings, Source, folder_of, open_source
from deploy.backup.state import tell
from deploy.site import open_site
from deploy.voice import Trouble, complain, in_one_sentence, say


def back_up(options: argparse.Namespace) -> None:
    if options.what == "list":
        for line in tell(folder_of(Settings(), open_site())):
            say(line)
        return
    source = open_source()
    source.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    match options.what:
        case "base":
            _base(source)
        case "archive":
            _archive(source)
        case "mark":
            say(f"已记下 marked {take_mark(source).at.isoformat()}")
        case "prune":
            bases, pieces, files = prune(source, datetime.now(UTC))
            say(f"已删 removed: {bases} base copies, {pieces} log segments, {files} files")
        case "keys":
            count = copy_keys(source, options.to)
            say(f"{count} 个密钥文件 key files copied to {options.to}；请离线封存 keep offline.")


def _base(source: Source) -> None:
    base = take_base(source)
    files = mirror(source.files, source.folder)
    mark = take_mark(source)
    say(f"基础备份完成 base copy {base.name}, {files} files, mark {mark.at.isoformat()}")
    say("密钥不在其中 the keys are not in it: python -m deploy.backup keys --to <另一介质>.")


def _archive(source: Source) -> None:
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: over.set())
    say(f"持续归档到 archiving to {source.folder}; Ctrl-C 停止 stops.")
    archive(source, over.is_set)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.backup", description="备份")
    commands = parser.add_subparsers(dest="what", required=True)
    for name, told in (
        ("base", "做一次基础备份 take a base copy"),
        ("archive", "持续归档日志、附件和标记，直到停止 archive until stopped"),
        ("mark", "记一次行数和审计锚点 note rows and audit heads"),
        ("list", "有哪些备份、能恢复到何时 what there is"),
        ("prune", "删除过期的备份 remove what is too old"),
    ):
        commands.add_parser(name, help=told)
    keys = commands.add_parser("keys", help="把密钥复制到另一介质 copy the keys elsewhere")
    keys.add_argument("--to", type=Path, required=True)
    try:
        back_up(parser.parse_args())
    except Trouble as trouble:
        complain(str(trouble))
        return 1
    except OSError as error:
        complain(in_one_sentence(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
