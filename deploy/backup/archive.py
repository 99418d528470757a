"""Receives the database's log as it is written, copies new attachments, and takes marks.

PostgreSQL streams its log to us through a replication slot: the server keeps what we have not
received yet, also while we are down, and needs no setting of its own.
"""

import ctypes
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from deploy.backup.base import call, without_password
from deploy.backup.figures import write_figures
from deploy.backup.files import mirror
from deploy.backup.marks import take_mark
from deploy.backup.settings import Source, connected
from deploy.voice import Trouble, complain, say

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
TICK, PATIENCE = 0.2, 10.0
RECEIVED = (
    "select coalesce(flush_lsn >= %s::pg_lsn, false) from pg_stat_replication"
    " join pg_replication_slots on active_pid = pid where slot_name = %s"
)


def archive(source: Source, is_over: Callable[[], bool]) -> None:
    """Runs until it is told that it is over; a database that restarts is waited for."""
    receiving = Receiving(source)
    files_due = marks_due = 0.0
    try:
        while not is_over():
            receiving.look_after()
            now = time.monotonic()
            if now >= files_due:
                mirror(source.files, source.folder)
                files_due = now + source.settings.files_seconds
            if now >= marks_due:
                _mark(source)
                write_figures(source.folder)
                marks_due = now + source.settings.mark_seconds
            time.sleep(TICK)
    finally:
        receiving.end()


class Receiving:
    """The process that writes the log down, started again when it ends."""

    def __init__(self, source: Source) -> None:
        self.folder = source.folder / "wal"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.program = str(source.programs().folder / "pg_receivewal")
        self.address, self.environment = without_password(source.url)
        self.slot = source.slot
        self.call("--create-slot", "--if-not-exists")
        self.process = self._start()

    def look_after(self) -> None:
        if self.process.poll() is not None:
            complain(f"日志接收中断，重新开始 receiving the log ended ({_last(self.said)}), again.")
            self.process = self._start()

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)  # writes down what it has, then ends
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        self.process.kill()
        self.process.wait()

    @property
    def said(self) -> Path:
        return self.folder.parent / "receive.log"

    def _start(self) -> subprocess.Popen[bytes]:
        wanted = ("-D", str(self.folder), "-S", self.slot, "--synchronous", "--no-password")
        with self.said.open("ab") as log:
            return subprocess.Popen(
                [self.program, "-d", self.address, *wanted],
                env=self.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def call(self, *options: str) -> None:
        """What the program does besides: making a slot, and dropping one for good."""
        command = [self.program, "-d", self.address, "-S", self.slot, "--no-password", *options]
        call(command, self.environment)


def has_received(source: Source, lsn: str) -> bool:
    """Whether the archive holds the log up to there, by what the receiver told the server."""
    with connected(source.url) as connection:
        row = connection.execute(RECEIVED, [lsn, source.slot]).fetchone()
    return bool(row and row[0])


def drop_slot(source: Source) -> None:
    """The server keeps its log for this archive no longer."""
    with connected(source.url) as connection:
        connection.execute(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            " where slot_name = %s and not active",
            [source.slot],
        )


def _mark(source: Source) -> None:
    try:
        mark = take_mark(source)
    except Trouble as trouble:
        complain(str(trouble))
    else:
        exact = "" if mark.exact else "（忙，近似 not exact）"
        say(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z 标记 mark {mark.lsn}{exact}")


def _last(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1][-200:] if lines else "no reason"


def _die_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
