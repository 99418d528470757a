"""A restore tells what is lost or damaged from what was removed on purpose."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from deploy.backup.base import Base
from deploy.backup.marks import Mark, count_rows
from deploy.restore.check import attachments, rows
from deploy.restore.plan import Plan
from tests.clusters import TestDatabase

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BASE = Base(NOON, 1, "0/3000100", 1 << 24, 15, "niangjia", "niangjia", {})


def held_to(mark: Mark | None, at: datetime | None = NOON) -> Plan:
    return Plan(Path(), BASE, (), at, mark)


def marked(counts: dict[str, int], *, exact: bool = True) -> Mark:
    return Mark(NOON, "0/3000200", exact, counts, {}, {}, {"membership": 1})


@pytest.fixture
def kept(database: TestDatabase, tmp_path: Path) -> Iterator[psycopg.Connection]:
    """Two attachments: one on the disk, one whose file was removed once it was read."""
    (tmp_path / "membership").mkdir()
    (tmp_path / "membership" / "one").write_bytes(b"data")
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        for path in ("one", "removed"):
            connection.execute(
                "insert into membership.attachments (id, sha256, size, media_type, original_name,"
                " path, created_at, created_by) values (gen_random_uuid(), %s, 4, 'text/plain',"
                " 'x', %s, now(), gen_random_uuid())",
                [hashlib.sha256(b"data").digest(), path],
            )
        yield connection


def test_a_whole_a_damaged_and_a_lost_attachment(kept: psycopg.Connection, tmp_path: Path):
    plan, file = held_to(marked({})), tmp_path / "membership" / "one"

    whole = list(attachments(kept, plan, tmp_path))
    file.write_bytes(b"other")
    damaged = list(attachments(kept, plan, tmp_path))
    file.unlink()
    lost = list(attachments(kept, plan, tmp_path))

    assert [finding.is_good for finding in whole] == [True, True]
    assert "removed 1, 缺 lost 0, 坏 bad 0" in whole[1].sentence
    assert "lost 0, 坏 bad 1" in damaged[1].sentence
    assert "lost 1, 坏 bad 0" in lost[1].sentence
    assert not damaged[1].is_good
    assert not lost[1].is_good


def test_rows_must_equal_an_exact_mark_to_the_last_one(kept: psycopg.Connection):
    counts = count_rows(kept)
    (equal,) = rows(kept, held_to(marked(counts)))
    (other,) = rows(kept, held_to(marked(counts | {"membership.people": 1})))

    assert counts["membership.attachments"] == 2
    assert equal.is_good
    assert not other.is_good
    assert "membership.people 1 → 0" in other.sentence


def test_elsewhere_what_only_grows_may_not_have_shrunk(kept: psycopg.Connection):
    counts = count_rows(kept)
    inexact = marked(counts | {"membership.people": 7}, exact=False)
    (fine,) = rows(kept, held_to(inexact))
    (shrunk,) = rows(kept, held_to(marked(counts | {"identity.audit": 9}), at=None))

    assert fine.is_good
    assert not shrunk.is_good
    assert "identity.audit" in shrunk.sentence
