"""The clock jumps, the year ends, a leap day comes, a year has no calendar yet (DUR-08)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clusters import TestDatabase
from tests.people import CHEN, LI, WANG
from tests.service.membership_rig import Rig, running


@pytest.fixture
async def rig(database: TestDatabase, keys_dir: Path) -> AsyncIterator[Rig]:
    async with running(database, keys_dir) as made:
        yield made


# Ten working days, counted by hand.
@pytest.mark.parametrize(
    ("handed_in", "due_on", "provisional"),
    [
        # Half past midnight on New Year's Day in Shanghai; Sunday the 4th is worked.
        (datetime(2025, 12, 31, 16, 30, tzinfo=UTC), "2026-01-15", False),
        (datetime(2026, 12, 10, 1, tzinfo=UTC), "2026-12-24", False),
        (datetime(2026, 12, 31, 1, tzinfo=UTC), "2027-01-15", True),
        (datetime(2028, 2, 29, 1, tzinfo=UTC), "2028-03-14", True),
    ],
)
async def test_a_deadline_is_right_or_says_that_it_is_provisional(
    rig: Rig, handed_in: datetime, due_on: str, provisional: bool
):
    rig.clock.now = handed_in

    (clock,) = (await rig.submitted(CHEN))["clocks"]

    assert (clock["due_on"], clock["provisional"]) == (due_on, provisional)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_clock_that_jumps_an_hour_loses_and_doubles_nothing(rig: Rig, jump: timedelta):
    before = await rig.submitted(LI, 1)
    rig.clock.now += jump

    decided = (await rig.decide(before)).json()
    again = await rig.admitted(LI, 2)
    await rig.sweep()
    seen = (await rig.get(WANG, f"/applications/{before['id']}")).json()

    assert decided["state"] == again["state"] == "admitted"
    assert seen["is_overdue"] is False
    assert rig.rows("select count(*) from membership.memberships") == [(2,)]
    assert {step["label"] for step in seen["history"]} == {"提交申请", "同意入会"}


async def test_a_deadline_fires_once_although_the_clock_goes_back_over_it(rig: Rig):
    made = await rig.submitted(CHEN)
    rig.clock.turn(days=16)
    await rig.sweep()
    rig.clock.turn(hours=-1)
    await rig.sweep()
    rig.clock.turn(hours=1)
    await rig.sweep()

    history = (await rig.get(WANG, f"/applications/{made['id']}")).json()["history"]

    assert [step["rule"] for step in history].count("M-08") == 1
