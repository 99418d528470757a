"""A restore drill on a running database: ``make drill``; nothing that is there is touched.

The whole database is backed up into a folder of its own, its log is followed for a moment, and
both are restored into a new cluster, checked from the rows to the attachments, and removed.
"""

import argparse
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from deploy.backup.archive import archive, drop_slot, has_received
from deploy.backup.base import take_base
from deploy.backup.files import mirror
from deploy.backup.marks import take_mark
from deploy.backup.settings import Source, open_source
from deploy.restore.command import Restored, restore
from deploy.site import Site
from deploy.voice import Trouble, complain, in_one_sentence, say

SLOT = "niangjia_drill"
RPO_GOAL, RTO_GOAL = 300.0, 900.0  # seconds: what an operator may lose, and wait


def drill(source: Source, room: Path, seconds: float) -> tuple[Restored, float]:
    """Answers what came back, and how many seconds of work the archive was behind."""
    with archived(source):
        base = take_base(source)
        say(f"基础备份 base copy {base.name}")
        time.sleep(seconds)
        mirror(source.files, source.folder)
        mark = take_mark(source)
        behind = _wait_for(source, mark.lsn)
    home = room / "restored"
    home.mkdir(mode=0o711)
    site = Site(home=home, host="127.0.0.1", port=8000, small=True, database=source.database)
    return restore(source.folder, mark.at, site, source.keys), behind


@contextmanager
def archived(source: Source) -> Iterator[None]:
    """The log is received meanwhile; afterwards the server keeps nothing more for us."""
    over = threading.Event()
    running = threading.Thread(target=archive, args=(source, over.is_set))
    running.start()
    try:
        yield
    finally:
        over.set()
        running.join()
        with suppress(Trouble):
            drop_slot(source)


def _wait_for(source: Source, lsn: str) -> float:
    """Seconds until what was committed lies in the archive."""
    began = time.monotonic()
    while not has_received(source, lsn):
        if time.monotonic() > began + RPO_GOAL:
            raise Trouble("归档没有跟上 the archive does not keep up.")
        time.sleep(0.05)
    return time.monotonic() - began


def tell(done: Restored, behind: float) -> bool:
    for finding in done.findings:
        say(f"{'✓' if finding.is_good else '✗'} {finding.sentence}")
    good = done.is_whole and behind <= RPO_GOAL and done.seconds <= RTO_GOAL
    say(f"RPO {behind:.1f} s（目标 goal {RPO_GOAL:.0f}）")
    say(f"RTO {done.seconds:.1f} s（目标 goal {RTO_GOAL:.0f}）")
    say("演练通过 the drill passed." if good else "演练未通过 the drill failed!")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.drill", description="恢复演练")
    parser.add_argument("--seconds", type=float, default=5.0, help="随业务写入多久 follow how long")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="niangjia-drill-") as made:
            room = Path(made)
            room.chmod(0o711)
            source = replace(open_source(), folder=room / "backup", slot=SLOT)
            source.folder.mkdir(mode=0o700)
            good = tell(*drill(source, room, options.seconds))
    except KeyboardInterrupt:
        return 1
    except Trouble as trouble:
        complain(str(trouble))
        return 1
    except OSError as error:
        complain(in_one_sentence(error))
        return 1
    return 0 if good else 2


if __name__ == "__main__":
    sys.exit(main())
