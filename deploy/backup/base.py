"""A base copy of the whole cluster, with a manifest of what it is and what opens it."""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deploy.backup.settings import Source, connected
from deploy.private import write_private
from deploy.voice import Trouble

STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Base:
    """What a base copy is; ``keys`` are fingerprints, by which the right ones are recognised."""

    ended_at: datetime
    timeline: int
    end_lsn: str
    segment_size: int
    major: int
    database: str
    administrator: str
    keys: dict[str, str]

    @property
    def name(self) -> str:
        return self.ended_at.strftime(STAMP)


def take_base(source: Source) -> Base:
    """Copied beside its place and moved there when whole and verified."""
    half = source.folder / "base" / "new"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    programs = source.programs().folder
    wanted = ("-D", str(half / "data"), "-X", "stream", "-c", "fast", "--no-password")
    address, environment = without_password(source.url)
    call([str(programs / "pg_basebackup"), "-d", address, *wanted], environment)
    call([str(programs / "pg_verifybackup"), "-q", "-n", str(half / "data")], environment)
    base = _describe(source, half / "data")
    write_private(half / "base.json", json.dumps(asdict(base), default=str))
    half.rename(source.folder / "base" / base.name)
    return base


def bases_in(folder: Path) -> list[Base]:
    """The base copies of a backup, oldest first."""
    return [read_base(path) for path in sorted((folder / "base").glob("*Z/base.json"))]


def read_base(path: Path) -> Base:
    noted = json.loads(path.read_text())
    return Base(**{**noted, "ended_at": datetime.fromisoformat(noted["ended_at"])})


def fingerprints(keys: Path) -> dict[str, str]:
    """Of random secrets a hash tells nothing; it only says which file is the right one."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted(keys.glob("*"))
        if path.is_file()
    }


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """The address for a command line, which others can read, and the rest for its environment."""
    parts = urlsplit(url)
    password = unquote(parts.password or "")
    bare = url.replace(f":{parts.password}@", "@", 1) if parts.password else url
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return bare, {**kept, **({"PGPASSWORD": password} if password else {})}


def call(command: list[str], environment: dict[str, str]) -> None:
    """Run one of PostgreSQL's programs; what it complains of last is what we say."""
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode != 0:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "")
        raise Trouble(f"备份未完成 {Path(command[0]).name} failed: {last}")


def _describe(source: Source, data: Path) -> Base:
    noted = json.loads((data / "backup_manifest").read_text())["WAL-Ranges"][-1]
    with connected(source.url) as connection:
        row = connection.execute(
            "select pg_size_bytes(current_setting('wal_segment_size')), current_user"
        ).fetchone()
        major = connection.info.server_version // 10000
    size, administrator = row if row else (0, "")
    return Base(
        ended_at=datetime.now(UTC).replace(microsecond=0),
        timeline=int(noted["Timeline"]),
        end_lsn=str(noted["End-LSN"]),
        segment_size=int(size),
        major=major,
        database=source.database,
        administrator=str(administrator),
        keys=fingerprints(source.keys),
    )
