"""Three times as many as can be served: some are served soon, all others hear so at once (OVR-01).

The figures are printed; on a machine that is shared only what holds on any machine is asserted.
"""

import asyncio
import os
import time

import psutil
import pytest

from deploy.parts import PARTS
from deploy.voice import say
from tests.faults.cast import Cast
from tests.faults.client import Person
from tests.faults.load import Call, Seen, under_load

TIMES = 3
FEW, PLENTY = 8, 240
# A shared machine may be several times slower than the requirement's two seconds.
SLOWEST = float(os.environ.get("NIANGJIA_FAULTS_SLOWEST", "12"))


def memory(cast: Cast) -> int:
    """Megabytes of all parts together."""
    pids = [cast.rig.pid(part.name) for part in PARTS]
    return sum(psutil.Process(pid).memory_info().rss for pid in pids if pid) // 1_000_000


def told(name: str, seen: Seen, seconds: float) -> str:
    good, refused = seen.answers[200], seen.answers[503] + seen.answers[429]
    return (
        f"{name}: {good / seconds:.0f} answers a second, p99 {seen.p99(200):.2f} s; "
        f"{refused / seconds:.0f} refusals a second, p99 {seen.p99(503, 429):.3f} s"
    )


async def capacity(cast: Cast, call: Call) -> float:
    """Answers a second with a few callers who do not wait."""
    async with under_load(cast.rig.url, [call], callers=FEW, pause=0.0) as seen:
        await asyncio.sleep(2)
    return seen.answers[200] / 2


async def overloaded(cast: Cast, call: Call, seconds: float) -> None:
    can, before = await capacity(cast, call), memory(cast)
    pause = PLENTY / (TIMES * can)
    async with under_load(cast.rig.url, [call], callers=PLENTY, pause=pause) as seen:
        await asyncio.sleep(seconds)
    grown = memory(cast) - before
    say(f"can {can:.0f}/s. {told(call.path, seen, seconds)}. memory {before} + {grown} MB")

    assert seen.failures == {}
    assert set(seen.answers) <= {200, 429, 503}
    assert seen.answers[200] > 0
    assert seen.without_hint == 0
    assert seen.p99(200) < SLOWEST
    assert grown < 300


async def recovered(cast: Cast, call: Call) -> float:
    """Seconds until ten in a row are answered."""
    began, in_a_row = time.monotonic(), 0
    while in_a_row < 10:
        assert time.monotonic() - began < 30
        async with under_load(cast.rig.url, [call], callers=1) as seen:
            await asyncio.sleep(0.1)
        in_a_row = in_a_row + seen.answers[200] if set(seen.answers) == {200} else 0
    return time.monotonic() - began


async def test_overload_of_a_service_keeps_what_it_takes_quick_and_refuses_the_rest(
    cast: Cast, clerk: Person
):
    listing = Call("GET", "/api/membership/v1/applications?limit=20", clerk.token)

    await overloaded(cast, listing, 4)

    assert await recovered(cast, listing) < 30


@pytest.mark.prove
@pytest.mark.parametrize("path", ["/join", "/api/membership/v1/consent-texts"])
async def test_overload_of_pages_and_public_reading_recovers(cast: Cast, path: str):
    call = Call("GET", path)

    await overloaded(cast, call, 15)

    assert await recovered(cast, call) < 30
