"""Puts fresh processes in the place of a run's, one after the other, without a failed request.

``python -m deploy.restart`` for all parts, ``python -m deploy.restart membership gateway`` for
some: after new code, new settings or new keys.  The run does it; this asks for it and waits.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy import supervise
from deploy.alone import running_in
from deploy.children import Child
from deploy.site import Site, open_site
from deploy.voice import Trouble, complain, say

WITHIN = 300.0


class Restarts:
    """Inside the run: looks for a request and carries it out."""

    def __init__(self, site: Site, children: list[Child], lock: int) -> None:
        self._asked, self._done = _notes(site)
        self._children = children
        self._lock = lock

    def carry_out(self) -> None:
        if not self._asked.exists():
            return
        names = self._asked.read_text().split()
        failed = [one.name for one in self._children if not self._roll(one, names)]
        self._done.write_text(" ".join(failed))
        self._asked.unlink(missing_ok=True)

    def _roll(self, child: Child, names: Sequence[str]) -> bool:
        if not child.is_running or (names and child.name not in names):
            return True
        others = [one for one in self._children if one is not child]
        done = supervise.roll(child, self._lock, lambda: supervise.look_after(others, self._lock))
        say(f"{child.name} {'换上了新进程 restarted' if done else '没有换成 was not restarted'}.")
        return done


def ask(site: Site, names: Sequence[str]) -> list[str]:
    """The names of those that could not be restarted; raises Trouble where nothing runs."""
    if running_in(site) is None:
        raise Trouble("这里没有正在运行的平台 nothing runs here: give its NIANGJIA_HOME.")
    asked, done = _notes(site)
    done.unlink(missing_ok=True)
    asked.with_suffix(".new").write_text(" ".join(names))
    asked.with_suffix(".new").replace(asked)
    end = time.monotonic() + WITHIN
    while asked.exists():
        if time.monotonic() > end or running_in(site) is None:
            raise Trouble(f"重启没有完成 the restart was not finished: see {site.logs}.")
        time.sleep(0.1)
    return done.read_text().split()


def _notes(site: Site) -> tuple[Path, Path]:
    return site.home / "restart.asked", site.home / "restart.done"


def main() -> int:
    try:
        failed = ask(open_site(), sys.argv[1:])
    except Trouble as trouble:
        complain(str(trouble))
        return 1
    if failed:
        complain(f"没有换成，旧进程继续服务 not restarted, the old ones go on: {', '.join(failed)}")
        return 1
    say("已全部重启，没有中断服务 restarted without an interruption.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
