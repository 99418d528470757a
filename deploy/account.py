"""PostgreSQL refuses to run as root, so root hands it to an account without privileges."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

# The first that exists: one made for us, PostgreSQL's own, the one every machine has.
CANDIDATES = ("niangjia", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int

    @property
    def is_ourselves(self) -> bool:
        return self.uid == os.geteuid()


def unprivileged() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    chosen = next(known[name] for name in CANDIDATES if name in known)
    return Account(chosen.pw_uid, chosen.pw_gid)


def reaches(account: Account, path: Path) -> bool:
    """Whether the account may walk down to the path; what does not exist yet is ours to make."""
    existing = (folder for folder in (path, *path.parents) if folder.is_dir())
    return account.is_ourselves or all(_may_enter(account, folder) for folder in existing)


def _may_enter(account: Account, folder: Path) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & 0o100)
    if found.st_gid == account.gid:
        return bool(found.st_mode & 0o010)
    return bool(found.st_mode & 0o001)
