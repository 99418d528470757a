"""Do the migrations make what the code declares, and is their SQL kind to a running platform?

They run on a real database, because some move data; what they do to tables is written down as
SQL and read by a linter that knows which statements lock a table for long.  (``make check``)
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy import cluster
from deploy.addresses import ROLES, ROOT, SERVICES, Database
from deploy.database import migrate, prepare
from deploy.voice import Trouble, complain

SQUAWK = (
    "--reporter=gcc",
    "--pg-version=15",
    # Counters, levels and versions end far below what they hold; ids are UUIDs.
    "--exclude=prefer-bigint-over-int,prefer-bigint-over-smallint",
    # The one varchar is Alembic's own table.
    "--exclude=prefer-text-field",
)
# These ran before the first release, on databases without data; nothing is added here lightly.
ACCEPTED = {
    "membership-0003_count_members": ("require-concurrent-index-creation",),
    "membership-0004_find_applications": ("require-concurrent-index-creation",),
    # It commits before its concurrent indexes; should one fail, the rest is undone by hand.
    "membership-0008_follow_changes": ("prefer-robust-stmts",),
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="niangjia-check-") as folder:
        Path(folder).chmod(0o711)
        ours = cluster.open_cluster(Path(folder) / "postgres", durable=False)
        try:
            address = cluster.start(ours, "check")
            database = prepare(address, "niangjia", dict.fromkeys(ROLES, "check"))
            os.environ["NIANGJIA_MIGRATIONS_TOLD"] = str(Path(folder) / "sql")
            migrate(database)
            found = [check(service, database) for service in SERVICES]
            return max(*found, lint(Path(folder) / "sql"))
        except Trouble as trouble:
            complain(str(trouble))
            return 1
        finally:
            cluster.stop(ours)


def check(service: str, database: Database) -> int:
    told = {f"{service.upper()}_MIGRATION_URL": database.migration_url(service)}
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-n", service, "check"],
        cwd=ROOT,
        env={**os.environ, **told},
        check=False,
    ).returncode


def lint(folder: Path) -> int:
    """Squawk's complaints, less those that were looked at and accepted."""
    done = subprocess.run(
        [Path(sys.executable).parent / "squawk", *SQUAWK, *sorted(folder.glob("*.sql"))],
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    ours = [line for line in lines if not _is_accepted(Path(line.partition(":")[0]).stem, line)]
    for line in ours:
        complain(line.replace(f"{folder}/", ""))
    if done.returncode not in (0, 1) or (done.returncode and not lines):
        complain(f"squawk: {done.stderr.strip()[-300:]}")
        return 1
    files = len(list(folder.glob("*.sql")))
    print(f"squawk: {files} migrations, {len(ours)} complaints, {len(lines) - len(ours)} accepted.")
    return 1 if ours else 0


def _is_accepted(migration: str, line: str) -> bool:
    return any(f" {rule} " in line for rule in ACCEPTED.get(migration, ()))


if __name__ == "__main__":
    sys.exit(main())
