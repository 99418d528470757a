"""The processes of a run: started together, watched, started anew when they die, then stopped.

``roll`` puts a fresh process in the place of one that serves, without a failed request: both
share the doors until the old one, told by SIGTERM, has finished what it began.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from urllib.error import URLError
from urllib.request import urlopen

from deploy.children import SHORTEST_PAUSE, Child, close_doors, last_line, serves, start
from deploy.voice import Trouble, say

READY_WITHIN, STOPPED_WITHIN = 90.0, 30.0
# A process that ran this long had begun well: it starts again without a long pause.
LONGEST_PAUSE, CALM_AFTER = 30.0, 10.0
TICK = 0.1

Chore = Callable[[], None]


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


def watch(children: list[Child], lock: int, *chores: Chore) -> None:
    """Runs until a signal ends it; ``chores`` are done at every round."""
    while True:
        look_after(children, lock)
        for chore in chores:
            chore()
        time.sleep(TICK)


def look_after(children: Iterable[Child], lock: int) -> None:
    for child in children:
        _look_after(child, lock)


def roll(child: Child, lock: int, meanwhile: Chore) -> bool:
    """Answers False where the fresh process does not come to serve; then the old one stays."""
    old = child.process
    if not child.places:
        # Nobody knocks at a worker: its work goes back to the queue and waits for the next one.
        _end(old, meanwhile)
        start(child, lock)
        return True
    start(child, lock)
    if not _comes_to_serve(child, meanwhile):
        if child.process is not None:
            child.process.kill()
            child.process.wait()
        child.process = old
        return False
    _end(old, meanwhile)
    return True


def stop(children: Iterable[Child]) -> None:
    """At once: SIGINT, unlike SIGTERM, waits for nobody who might still knock."""
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(signal.SIGINT)
            try:
                child.process.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        close_doors(child)


def _look_after(child: Child, lock: int) -> None:
    now = time.monotonic()
    if child.again_at is not None:
        if now >= child.again_at:
            _start_again(child, lock)
    elif child.process is not None and child.process.poll() is not None:
        close_doors(child)
        if now - child.started_at > CALM_AFTER:
            child.pause = SHORTEST_PAUSE
        _put_off(child, f"ended (exit {child.process.returncode})")


def _start_again(child: Child, lock: int) -> None:
    try:
        start(child, lock)
    except OSError as error:
        close_doors(child)
        _put_off(child, f"cannot start ({error.strerror})")


def _put_off(child: Child, why: str) -> None:
    child.again_at = time.monotonic() + child.pause
    say(f"{child.name} 停了 {why}; {child.pause:.1f} 秒后重启 starts again soon.")
    child.pause = min(child.pause * 2, LONGEST_PAUSE)


def _comes_to_serve(child: Child, meanwhile: Chore) -> bool:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end and child.is_running:
        if serves(child):
            return True
        meanwhile()
        time.sleep(TICK)
    return False


def _end(old: subprocess.Popen[bytes] | None, meanwhile: Chore) -> None:
    if old is None:
        return
    old.terminate()
    end = time.monotonic() + STOPPED_WITHIN
    while old.poll() is None and time.monotonic() < end:
        meanwhile()
        time.sleep(TICK)
    if old.poll() is None:
        old.kill()
        old.wait()


def _is_ready(child: Child) -> bool:
    child.ready |= {one for one in child.addresses if one not in child.ready and _answers(one)}
    return len(child.ready) == len(child.addresses)


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310  our own parts
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
