"""A backup becomes the home of a run again: data, files and keys, checked, with new log-ins."""

import asyncio
import json
import shutil
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from deploy import cluster
from deploy.private import make_passwords, write_private
from deploy.restore.check import Finding, check
from deploy.restore.plan import Plan, plan
from deploy.restore.recover import Recovered, lay_out, recovered
from deploy.site import Site
from deploy.voice import Trouble, say


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    base: str
    wanted: datetime | None
    reached: datetime | None
    seconds: float
    findings: list[Finding]

    @property
    def is_whole(self) -> bool:
        return all(finding.is_good for finding in self.findings)


def restore(backup: Path, at: datetime | None, site: Site, keys: Path) -> Restored:
    """Into a home that holds no data yet; raises Trouble where the backup cannot give this."""
    began = time.monotonic()
    chosen = plan(backup, at)
    if (site.postgres / "data").exists():
        raise Trouble(f"那里已有数据 there are data already in {site.postgres}: choose another.")
    if not (keys / "kek.json").is_file():
        raise Trouble(f"没有密钥 no keys in {keys}: --keys <密钥所在目录>; 密钥不在备份里。")
    _compare_keys(chosen, keys)
    _bring_files(backup, keys, site)
    ours = cluster.open_cluster(site.postgres, major=chosen.base.major)
    lay_out(chosen, ours)
    with recovered(chosen, ours) as found:
        findings = asyncio.run(check(found, site.keys, site.home / "files"))
        _new_log_in(found, site)
    done = Restored(chosen.base.name, at, found.reached, time.monotonic() - began, findings)
    write_private(site.home / "restored.json", json.dumps(asdict(done), default=str))
    return done


def _compare_keys(chosen: Plan, keys: Path) -> None:
    """Rotated keys look different and still open old data, so this only prepares the reader."""
    names = {path.name for path in keys.glob("*")}
    missing = sorted(set(chosen.base.keys) - names)
    if missing:
        say(f"注意 note: 备份时还有这些密钥文件 keys known at the backup: {', '.join(missing)}")


def _bring_files(backup: Path, keys: Path, site: Site) -> None:
    if (backup / "files").is_dir():
        shutil.copytree(backup / "files", site.home / "files", dirs_exist_ok=True)
        (site.home / "files" / "gone.json").unlink(missing_ok=True)
    if keys.resolve() != site.keys.resolve():
        shutil.copytree(keys, site.keys, dirs_exist_ok=True)
    site.keys.chmod(0o700)


def _new_log_in(found: Recovered, site: Site) -> None:
    """The administrator's password was no part of the backup; the services' are set at a start."""
    name = cluster.ADMINISTRATOR
    password = make_passwords(site.passwords, [name])[name]
    with psycopg.connect(found.url("postgresql"), autocommit=True) as connection:
        known = connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
        verb = SQL("alter" if known else "create")
        statement = SQL("{} role {} superuser login password {}")
        connection.execute(statement.format(verb, Identifier(name), Literal(password)))
