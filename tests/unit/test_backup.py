"""What a backup can give, what it refuses, and what it never holds."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from deploy.backup.base import Base, without_password
from deploy.backup.files import forget_gone, mirror
from deploy.backup.marks import Mark
from deploy.backup.prune import prune
from deploy.backup.secrets import copy_keys
from deploy.backup.settings import Settings, Source
from deploy.backup.state import tell
from deploy.backup.wal import Gap, first_gap, number_of, segment_name, segments
from deploy.restore.plan import plan
from deploy.voice import Trouble

SIZE = 1 << 24
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BASE = Base(NOON, 1, "0/3000100", SIZE, 15, "niangjia", "postgres", {"kek.json": "0" * 16})


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A base copy at noon, five segments behind it, and a mark in the last but one."""
    folder = tmp_path / "backup"
    keep_base(folder, BASE)
    (folder / "wal").mkdir()
    for number in range(3, 8):
        keep_segment(folder, number)
    keep_mark(folder, Mark(NOON + timedelta(hours=1), "0/6000028", True, {}, {}))
    return folder


def keep_base(folder: Path, base: Base) -> None:
    home = folder / "base" / base.name
    home.mkdir(parents=True)
    (home / "base.json").write_bytes(orjson.dumps(asdict(base)))


def keep_segment(folder: Path, number: int, ending: str = "") -> None:
    with (folder / "wal" / f"{segment_name(1, number, SIZE)}{ending}").open("wb") as file:
        file.truncate(SIZE)


def keep_mark(folder: Path, mark: Mark) -> None:
    (folder / "marks").mkdir(exist_ok=True)
    (folder / "marks" / f"{mark.name}.json").write_bytes(orjson.dumps(asdict(mark)))


def source(backup: Path, files: dict[str, Path] | None = None) -> Source:
    settings = Settings(keep_days=30)
    return Source("", backup, files or {}, backup.parent / "keys", "slot", settings)


def test_a_place_in_the_log_lies_in_the_segment_that_postgres_names():
    assert segment_name(2, number_of("1A/FF000028", SIZE), SIZE) == "000000020000001A000000FF"


def test_a_whole_log_has_no_gap_and_its_newest_segment_may_still_be_filling(backup: Path):
    keep_segment(backup, 8, ".partial")
    found = segments(backup / "wal", SIZE)

    assert [one.number for one in found] == [3, 4, 5, 6, 7, 8]
    assert found[-1].is_partial
    assert first_gap(found, 1, 3, SIZE) is None


def test_a_missing_and_a_short_segment_are_gaps(backup: Path):
    missing = [one for one in segments(backup / "wal", SIZE) if one.number not in (5, 6)]

    assert first_gap(missing, 1, 3, SIZE) == Gap("000000010000000000000005", 2)
    (backup / "wal" / segment_name(1, 4, SIZE)).write_bytes(b"cut short")
    assert first_gap(segments(backup / "wal", SIZE), 1, 3, SIZE) == Gap(
        "000000010000000000000004", 1
    )


def test_a_restore_behind_a_gap_is_refused_with_the_last_good_instant(backup: Path):
    (backup / "wal" / segment_name(1, 7, SIZE)).unlink()
    keep_segment(backup, 8)

    with pytest.raises(Trouble, match=r"gap: 000000010000000000000007.*2026-03-02T13:00:00"):
        plan(backup, None)
    with pytest.raises(Trouble, match="gap"):
        plan(backup, NOON + timedelta(hours=2))


def test_a_restore_before_the_gap_is_given(backup: Path):
    (backup / "wal" / segment_name(1, 7, SIZE)).unlink()
    keep_segment(backup, 8)

    found = plan(backup, NOON + timedelta(hours=1))

    assert found.is_at_mark
    assert found.target == {"recovery_target_lsn": "0/6000028", "recovery_target_inclusive": "off"}


def test_a_restore_before_the_first_base_copy_is_refused_with_the_earliest_instant(backup: Path):
    with pytest.raises(Trouble, match=r"earliest.*2026-03-02T12:00:00"):
        plan(backup, NOON - timedelta(minutes=1))


def test_an_empty_folder_is_no_backup(tmp_path: Path):
    with pytest.raises(Trouble, match="no base copy"):
        plan(tmp_path, None)


def test_the_newest_base_copy_before_the_instant_is_taken(backup: Path):
    later = replace(BASE, ended_at=NOON + timedelta(hours=3), end_lsn="0/7000000")
    keep_base(backup, later)

    assert plan(backup, NOON + timedelta(hours=2)).base == BASE
    assert plan(backup, None).base == later


def test_keys_are_never_copied_into_the_backup_nor_around_it(backup: Path):
    keys = backup.parent / "keys"
    keys.mkdir()
    (keys / "kek.json").write_text("secret")

    for target in (backup, backup / "keys", backup.parent):
        with pytest.raises(Trouble, match="never lie in the same backup"):
            copy_keys(source(backup), target)
    assert copy_keys(source(backup), backup.parent / "safe") == 1
    assert (backup.parent / "safe" / "kek.json").stat().st_mode & 0o777 == 0o600


def test_an_erased_file_leaves_the_mirror_when_no_kept_day_needs_it(tmp_path: Path):
    files = {"membership": tmp_path / "files"}
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "ab" / "one").write_text("data")
    copy = tmp_path / "backup" / "files" / "membership" / "ab" / "one"
    keep = timedelta(days=30)

    assert mirror(files, tmp_path / "backup") == 1
    assert mirror(files, tmp_path / "backup") == 0
    (tmp_path / "files" / "ab" / "one").unlink()
    assert forget_gone(files, tmp_path / "backup", keep, NOON) == 0
    assert forget_gone(files, tmp_path / "backup", keep, NOON + timedelta(days=29)) == 0
    assert copy.read_text() == "data"
    assert forget_gone(files, tmp_path / "backup", keep, NOON + timedelta(days=31)) == 1
    assert not copy.exists()


def test_pruning_keeps_what_a_restore_to_the_oldest_kept_day_begins_with(backup: Path):
    older = replace(BASE, ended_at=NOON - timedelta(days=40), end_lsn="0/1000000")
    oldest = replace(BASE, ended_at=NOON - timedelta(days=80), end_lsn="0/1000000")
    keep_base(backup, older)
    keep_base(backup, oldest)
    keep_segment(backup, 0)

    bases, pieces, _ = prune(source(backup), NOON)

    assert (bases, pieces) == (1, 1)
    assert sorted(one.name for one in (backup / "base").iterdir()) == [older.name, BASE.name]
    assert prune(source(backup), NOON + timedelta(days=300))[:2] == (1, 0)


def test_the_password_stands_in_no_command_line():
    address, environment = without_password("postgresql://me:p%40ss@db:5432/niangjia")

    assert address == "postgresql://me@db:5432/niangjia"
    assert environment["PGPASSWORD"] == "p@ss"


def test_the_list_says_how_far_each_base_copy_reaches(backup: Path):
    whole = list(tell(backup))
    (backup / "wal" / segment_name(1, 5, SIZE)).unlink()

    assert "whole up to" in whole[0]
    assert "gap at 000000010000000000000005" in next(tell(backup))
