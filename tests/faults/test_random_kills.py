"""Whatever process is killed whenever: nothing acknowledged is lost, nothing is done twice.

DUR-01 and DUR-02: ``make test`` kills a few, ``make prove`` two hundred times.
``NIANGJIA_FAULTS_SEED`` tells the same kills again, ``NIANGJIA_FAULTS_KILLS`` how many.
"""

import os
import sys
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.faults.cast import Cast
from tests.faults.killing import kill_at_random
from tests.faults.rig import VICTIMS

FEW = 3
KILLS = int(os.environ.get("NIANGJIA_FAULTS_KILLS", "200"))


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("NIANGJIA_FAULTS_SEED") or SystemRandom().randrange(10**6))


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def test_nothing_is_lost_or_doubled_when_a_few_processes_are_killed(
    cast: Cast, seed: int, tmp_path: Path
):
    victims = Random(seed).sample(VICTIMS, FEW)

    outcome = kill_at_random(cast, seed, victims, tmp_path, say=say)

    assert outcome.is_clean, outcome.summary()
    assert len(outcome.ledger.promises) > 0


@pytest.mark.prove
def test_nothing_is_lost_or_doubled_in_two_hundred_kills(
    cast: Cast, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    random = Random(seed)
    victims = [random.choice(VICTIMS) for _ in range(KILLS)]

    with capsys.disabled():
        outcome = kill_at_random(cast, seed, victims, tmp_path, say=say)

    assert outcome.is_clean, outcome.summary()
    assert len(outcome.kills) == KILLS
