"""The story that must run, told to the whole platform, with the killing in the middle."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from deploy.addresses import ROOT
from deploy.demo.stage import JOINER, Stage, Surprise, expect, open_stage
from deploy.demo.story import first_list, tell_story
from tests.platform import Platform, free_port


def run_demo(home: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.demo.story"],
        cwd=ROOT,
        env={**os.environ, "NIANGJIA_HOME": str(home), "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_story_is_true_from_the_poster_to_the_audit(platform: Platform, tmp_path, capsys):
    stage = open_stage(Path(platform.home), platform.url, tmp_path)

    with closing(stage.http):
        tell_story(stage)

    said = capsys.readouterr().out
    for step in (
        "500 行，可导入 488，需修改 9，重复 3",
        "498 人入会",
        "一份不少，一份不重",
        "完整",
    ):
        assert step in said


def test_story_has_other_people_each_time(platform: Platform, tmp_path):
    one, other = (open_stage(Path(platform.home), platform.url, tmp_path) for _ in range(2))

    with closing(one.http), closing(other.http):
        assert next(one.people(JOINER)).id_number != next(other.people(JOINER)).id_number
        assert first_list(one).rows != first_list(other).rows


def test_demo_without_a_platform_says_one_sentence(tmp_path):
    done = run_demo(tmp_path, free_port())

    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "make run" in done.stderr


def test_demo_ends_with_an_error_on_any_surprise(platform: Platform, tmp_path):
    """The platform runs, but its log-ins are others than the story was told."""
    home = Path(platform.home)
    for name in ("demo-logins.json", "demo-secrets.json"):
        text = (home / name).read_text().replace("Tang-qiao", "Jin-gang")
        (tmp_path / name).write_text(text)

    done = run_demo(tmp_path, int(platform.url.rpartition(":")[2]))

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_expect_says_what_was_expected_and_what_came():
    with pytest.raises(Surprise, match="试运行：应为 488，实际是 487"):
        expect("试运行", 487, 488)


def test_stage_is_one_log_in_for_each_member_of_staff(platform: Platform, tmp_path):
    stage: Stage = open_stage(Path(platform.home), platform.url, tmp_path)

    with closing(stage.http):
        assert stage.desk("sun.guanli") is stage.desk("sun.guanli")
