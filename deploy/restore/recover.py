"""Builds a cluster from a base copy and lets PostgreSQL replay the log up to the instant."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import psycopg

from deploy import cluster
from deploy.backup.wal import segment_name
from deploy.cluster import Cluster
from deploy.restore.plan import Plan
from deploy.voice import Trouble, say

READY_WITHIN = 4 * 3600.0
TOO_EARLY = "recovery ended before configured recovery target was reached"


@dataclass(frozen=True, slots=True)
class Recovered:
    """A cluster that runs, reachable through a socket that only we and its account may use."""

    socket: Path
    plan: Plan
    reached: datetime | None  # the last commit that was replayed

    def url(self, scheme: str) -> str:
        base = self.plan.base
        name, database = quote(base.administrator, safe=""), quote(base.database, safe="")
        return f"{scheme}://{name}@/{database}?host={quote(str(self.socket))}&port=5432"


def lay_out(plan: Plan, ours: Cluster) -> None:
    """Data, the log and PostgreSQL's settings, owned by the account that will run them."""
    half = ours.home / "data.new"
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(plan.backup / "base" / plan.base.name / "data", half, symlinks=True)
    staged = ours.home / "wal"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700)
    for one in plan.log:
        name = segment_name(one.timeline, one.number, plan.base.segment_size)
        shutil.copyfile(one.path, staged / name)
    (half / "recovery.signal").touch()
    for name in ("postgresql.conf", "pg_hba.conf", "pg_ident.conf"):
        if not (half / name).exists():  # Debian keeps them elsewhere, so no copy holds them
            (half / name).write_text(cluster.LISTEN if name == "postgresql.conf" else "")
    (half / "postmaster.pid").unlink(missing_ok=True)
    half.chmod(0o700)
    _hand_over(ours, half, staged)
    half.rename(ours.data)


@contextmanager
def recovered(plan: Plan, ours: Cluster) -> Iterator[Recovered]:
    """Running, out of recovery, and closed to everybody else; stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="niangjia-") as made:
        room = Path(made)
        (room / "hba").write_text("local all all trust\n")
        _hand_over(ours, room)
        _start(ours, plan, room)
        try:
            yield Recovered(room, plan, _wait(Recovered(room, plan, None), ours))
        finally:
            cluster.stop(ours)
    shutil.rmtree(ours.home / "wal", ignore_errors=True)


def _start(ours: Cluster, plan: Plan, room: Path) -> None:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(room),
        "hba_file": str(room / "hba"),
        "archive_mode": "off",
        "restore_command": f'cp "{ours.home / "wal"}/%f" "%p"',
        "recovery_target_timeline": "current",
        "recovery_target_action": "promote",
        **plan.target,
    }
    options = " ".join(f"-c '{name}={value}'" for name, value in settings.items())
    wanted = ("-W", "-l", str(ours.log), "-o", f"-p 5432 {options}")
    cluster.run_program(ours, "pg_ctl", "start", "-D", str(ours.data), *wanted)


def _wait(found: Recovered, ours: Cluster) -> datetime | None:
    end, told = time.monotonic() + READY_WITHIN, time.monotonic() + 10
    begun = False
    while time.monotonic() < end:
        with suppress(psycopg.OperationalError):
            with psycopg.connect(found.url("postgresql"), autocommit=True) as connection:
                query = "select pg_is_in_recovery(), pg_last_xact_replay_timestamp()"
                row = connection.execute(query).fetchone()
            if row and not row[0]:
                reached: datetime | None = row[1]
                return reached
        begun = begun or (ours.data / "postmaster.pid").exists()
        if begun and cluster.running_port(ours) is None:
            raise Trouble(_why(ours))
        if time.monotonic() > told:
            say("正在重放日志 replaying the log …")
            told += 30
        time.sleep(0.05)
    raise Trouble(f"恢复没有结束 recovery did not end; see {ours.log}.")


def _why(ours: Cluster) -> str:
    said = ours.log.read_text(errors="replace")[-8000:]
    if TOO_EARLY in said:
        return (
            "归档里没有那么晚的日志 the archive ends before that instant: "
            "use an earlier one, or --at latest."
        )
    fatal = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line]
    return f"恢复失败 recovery failed: {(fatal or ['no reason'])[-1]} (see {ours.log})"


def _hand_over(ours: Cluster, *folders: Path) -> None:
    if ours.account.is_ourselves:
        return
    for folder in folders:
        for parent, names, files in os.walk(folder):
            for name in (".", *names, *files):
                os.lchown(Path(parent) / name, ours.account.uid, ours.account.gid)
