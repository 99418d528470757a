"""Do the migrations make exactly the tables that the code declares? (``make check``)"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy import cluster
from deploy.addresses import ROLES, ROOT, SERVICES, Database
from deploy.database import migrate, prepare
from deploy.voice import Trouble, complain


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="niangjia-check-") as folder:
        Path(folder).chmod(0o711)
        ours = cluster.open_cluster(Path(folder) / "postgres", durable=False)
        try:
            address = cluster.start(ours, "check")
            database = prepare(address, "niangjia", dict.fromkeys(ROLES, "check"))
            migrate(database)
            return max(check(service, database) for service in SERVICES)
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


if __name__ == "__main__":
    sys.exit(main())
