"""The processes of a run: started together, watched, started anew when they die, then stopped."""

import ctypes
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from deploy.addresses import ROOT
from deploy.voice import Trouble, say

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
READY_WITHIN, STOPPED_WITHIN = 90.0, 30.0
SHORTEST_PAUSE, LONGEST_PAUSE, CALM_AFTER = 1.0, 30.0, 60.0
LOG_SIZE = 20_000_000


@dataclass(slots=True)
class Child:
    """A process that is to run for as long as we do."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    addresses: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = SHORTEST_PAUSE
    again_at: float | None = None
    ready: set[str] = field(default_factory=set)


def start(child: Child, lock: int) -> None:
    """The lock is held by every child too, so that a next run waits until the last is gone."""
    if child.log.exists() and child.log.stat().st_size > LOG_SIZE:
        child.log.replace(child.log.with_suffix(".old.log"))
    with child.log.open("ab") as log:
        child.process = subprocess.Popen(
            child.command,
            cwd=ROOT,
            env=child.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us alone; we stop the children in order
            pass_fds=(lock,),
            preexec_fn=_die_with_parent,
        )
    child.started_at, child.again_at = time.monotonic(), None


def wait_until_ready(children: Iterable[Child]) -> None:
    end, waiting = time.monotonic() + READY_WITHIN, list(children)
    while waiting:
        for child in waiting:
            if child.process is not None and child.process.poll() is not None:
                raise Trouble(f"{child.name} 启动失败 did not start: {last_line(child.log)}")
        waiting = [child for child in waiting if not _is_ready(child)]
        if time.monotonic() > end:
            names = ", ".join(child.name for child in waiting)
            raise Trouble(f"{names} 迟迟没有就绪 not ready in time; see {waiting[0].log}.")
        time.sleep(0.05)


def watch(children: list[Child], lock: int) -> None:
    """Runs until a signal ends it."""
    while True:
        for child in children:
            _look_after(child, lock)
        time.sleep(0.2)


def stop(children: Iterable[Child]) -> None:
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
            try:
                child.process.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f"{lines[-1][:300]} (see {log})" if lines else f"see {log}"


def _look_after(child: Child, lock: int) -> None:
    now = time.monotonic()
    if child.again_at is not None:
        if now >= child.again_at:
            start(child, lock)
    elif child.process is not None and child.process.poll() is not None:
        if now - child.started_at > CALM_AFTER:
            child.pause = SHORTEST_PAUSE
        code, child.again_at = child.process.returncode, now + child.pause
        say(f"{child.name} 停了 ended (exit {code}); {child.pause:.0f} 秒后重启 starts again soon.")
        child.pause = min(child.pause * 2, LONGEST_PAUSE)


def _is_ready(child: Child) -> bool:
    child.ready |= {one for one in child.addresses if one not in child.ready and _answers(one)}
    return len(child.ready) == len(child.addresses)


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310  our own parts
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _die_with_parent() -> None:
    """Even when we are killed without a word, no process of ours is left behind."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
