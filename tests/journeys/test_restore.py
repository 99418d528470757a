"""What was backed up comes back whole: rows, the audit's chain, and what was sealed."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import func, select

from deploy import cluster, database
from services.chassis.data.audit import seal
from services.chassis.data.audit_verify import verify
from services.chassis.data.store import Store, open_store
from services.membership.domain.union_facts import UnionFacts
from services.membership.store.tables import CHASSIS, Union
from services.membership.usecases.unions.found_topmost_union import found_topmost_union
from tests import probe
from tests.clusters import PASSWORD, PASSWORDS

FACTS = UnionFacts(name="江州市总工会", level=1, kind="9", division="320500")
WHERE = "test:1:secret"


@pytest.fixture
def places() -> Iterator[tuple[Path, Path]]:
    """Two homes that the unprivileged account can reach."""
    with TemporaryDirectory(prefix="niangjia-restore-") as made:
        base = Path(made)
        base.chmod(0o711)
        yield base / "first", base / "second"


async def opened(url: str, keys_dir: Path, tmp_path: Path) -> Store:
    made = database.Database(url, PASSWORDS).url("membership")
    settings = probe.settings(made, keys_dir, tmp_path)
    return await open_store(settings, "membership", CHASSIS, {})


async def counted(store: Store) -> tuple[int, bool, int]:
    """Unions, whether the chain holds, and how many audit rows it covers."""
    async with store.reads.connect() as connection:
        unions = await connection.scalar(select(func.count()).select_from(Union))
        found = await verify(connection, CHASSIS.audit, CHASSIS.audit_seals)
    return unions or 0, found.intact, found.rows


@pytest.mark.prove
async def test_a_base_backup_comes_back_with_its_chain_and_its_secrets(
    places: tuple[Path, Path], keys_dir: Path, tmp_path: Path
):
    first = cluster.open_cluster(places[0])
    try:
        admin = cluster.start(first, PASSWORD)
        database.migrate(database.prepare(admin, "niangjia", PASSWORDS))
        store = await opened(database.named(admin, "niangjia"), keys_dir, tmp_path)
        async with store.begin() as tx:
            await found_topmost_union(tx, FACTS)
        await seal(store)
        sealed = store.sealer.seal(b"320501199001011234", WHERE)
        before = await counted(store)
        await store.close()
        back_up(first, admin, places[1])
    finally:
        cluster.stop(first)

    second = cluster.open_cluster(places[1])
    try:
        again = cluster.start(second, PASSWORD)
        store = await opened(database.named(again, "niangjia"), keys_dir, tmp_path)
        after = await counted(store)
        secret = store.sealer.open(sealed, WHERE)
        await store.close()
    finally:
        cluster.stop(second)

    assert before == after == (1, True, 1)
    assert secret == b"320501199001011234"


def back_up(source: cluster.Cluster, admin: str, home: Path) -> None:
    account = source.account
    home.mkdir(mode=0o700)
    if not account.is_ourselves:
        os.chown(home, account.uid, account.gid)
    command = [str(source.binaries.folder / "pg_basebackup"), "-d", admin, "-D", str(home / "data")]
    subprocess.run(
        [*command, "-X", "stream", "-c", "fast"],
        check=True,
        cwd="/",
        capture_output=True,
        user=None if account.is_ourselves else account.uid,
        group=None if account.is_ourselves else account.gid,
    )
