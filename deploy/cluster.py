"""A PostgreSQL cluster of our own: made once, started, found again, stopped."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.account import Account, reaches, unprivileged
from deploy.binaries import Binaries, choose
from deploy.voice import DISK_FULL, Trouble

ADMINISTRATOR = "niangjia"
LISTEN = "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 200\n"
# A throw-away cluster may forget everything when the machine stops.
FORGETFUL = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclass(frozen=True, slots=True)
class Cluster:
    home: Path
    account: Account
    binaries: Binaries
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"


def open_cluster(
    home: Path, *, durable: bool = True, source: str = "any", major: int | None = None
) -> Cluster:
    """Data that are there demand the version that made them; else it may be asked for."""
    account = unprivileged()
    version = home / "data" / "PG_VERSION"
    major = int(version.read_text()) if version.is_file() else major
    give(home, account)
    binaries = _reachable(choose(major, source), account, home)
    return Cluster(home, account, binaries, durable)


def start(cluster: Cluster, password: str) -> str:
    """Answers the administrator's address; a cluster that is running already is taken over."""
    if not cluster.data.is_dir():
        _create(cluster, password)
    port = running_port(cluster)
    if port is None:
        _bury(cluster)
        port = _usual_port(cluster)
        wanted = ("-w", "-t", "60", "-l", str(cluster.log), "-o", f"-p {port}")
        run_program(cluster, "pg_ctl", "start", "-D", str(cluster.data), *wanted)
    return f"postgresql://{ADMINISTRATOR}:{password}@127.0.0.1:{port}/postgres"


def stop(cluster: Cluster) -> None:
    if running_port(cluster) is not None:
        wanted = ("-D", str(cluster.data), "-m", "fast", "-w", "-t", "60")
        run_program(cluster, "pg_ctl", "stop", *wanted)


def running_port(cluster: Cluster) -> int | None:
    try:
        note = (cluster.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    return int(note[3]) if len(note) > 3 and _lives_in(int(note[0]), cluster.data) else None


def _bury(cluster: Cluster) -> None:
    """A killed server leaves its note, and its number may by now be another program's."""
    end = time.monotonic() + 10
    while _inhabitants(cluster.data):
        if time.monotonic() > end:
            raise Trouble(f"数据库的旧进程还没有结束 an old server still uses {cluster.data}.")
        time.sleep(0.1)
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def _inhabitants(data: Path) -> set[int]:
    """Every process of a server lives in its data folder, from the first to the last."""
    everybody = (int(process.name) for process in Path("/proc").glob("[0-9]*"))
    return {process for process in everybody if _lives_in(process, data)}


def _lives_in(process: int, data: Path) -> bool:
    """The number alone says nothing; a dead process, even one not yet reaped, lives nowhere."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cwd").readlink() == data.resolve()
    return False


def _create(cluster: Cluster, password: str) -> None:
    """Made beside its place and moved there when whole, so that half a cluster is never used."""
    half, secret = cluster.home / "data.new", cluster.home / "password"
    shutil.rmtree(half, ignore_errors=True)
    secret.touch(mode=0o600)
    secret.write_text(password)
    give(secret, cluster.account)
    locale = ("--locale=C", "--lc-ctype=C.UTF-8", "--encoding=UTF8")
    log_in = ("-U", ADMINISTRATOR, "-A", "scram-sha-256", f"--pwfile={secret}")
    sync = () if cluster.durable else ("--no-sync",)
    try:
        run_program(cluster, "initdb", "-D", str(half), *locale, *log_in, *sync)
    finally:
        secret.unlink()
    with (half / "postgresql.conf").open("a") as settings:
        settings.write(LISTEN if cluster.durable else LISTEN + FORGETFUL)
    half.rename(cluster.data)


def _reachable(found: Binaries, account: Account, home: Path) -> Binaries:
    """The package may lie in a folder closed to the account: then it gets a copy."""
    if not found.is_packaged or reaches(account, found.folder):
        return found
    copy = home / f"postgresql-{found.major}"
    if not copy.is_dir():
        half = copy.with_suffix(".new")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(found.folder.parent, half, symlinks=True)
        half.rename(copy)
    return Binaries(found.major, copy / "bin")


def give(path: Path, account: Account) -> None:
    """Make a folder if there is nothing yet, and hand it to the account that works in it."""
    if not path.exists():
        path.mkdir(mode=0o700, parents=True)
    if not account.is_ourselves:
        os.chown(path, account.uid, account.gid)


def _usual_port(cluster: Cluster) -> int:
    kept = cluster.home / "port"
    usual = int(kept.read_text()) if kept.is_file() else 0
    with socket.socket() as probe:
        # Connections that a killed server left behind are no reason to move.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", usual))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept.write_text(str(port))
    return port


def run_program(cluster: Cluster, program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, as the account that the data belong to."""
    done = _call(cluster, program, *arguments)
    if done.returncode == 0:
        return
    said = done.stderr + _tail(cluster.log)
    if "No space left on device" in said:
        raise Trouble(DISK_FULL)
    last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason")
    raise Trouble(f"PostgreSQL 未能完成 {program} failed: {last} (see {cluster.log})")


def _call(cluster: Cluster, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    ourselves, account = cluster.account.is_ourselves, cluster.account
    return subprocess.run(
        [str(cluster.binaries.folder / program), *arguments],
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=None if ourselves else account.uid,
        group=None if ourselves else account.gid,
        extra_groups=None if ourselves else [],
    )


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.is_file() else ""
