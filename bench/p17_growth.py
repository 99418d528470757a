"""P17: what P3, P4 and P5 take while the register grows tenfold at a time.

One platform, filled further between the rounds: a member by id number through the gateway (P3), a
page of 50 (P4) and a search by whole name (P5), each told in full. The growth of the median time is
compared with the growth of the logarithm of the size. ``python -m bench.p17_growth [size ...]``.
"""

import asyncio
import math
import statistics
import sys
from collections.abc import Sequence

import psutil

from bench import p3_member_by_id, p4_member_list, p5_name_search
from bench.load import together
from bench.members import Register, fill
from bench.platform import Platform, platform

SIZES = (10_000, 100_000)
Times = dict[str, float]


def main(sizes: Sequence[int]) -> int:
    found: list[Times] = []
    register: Register | None = None
    with platform(FRONTEND_ROWS=str(p4_member_list.ROWS), MEMBERSHIP_LOOP_PAUSE="5") as ours:
        for size in sizes:
            register = asyncio.run(fill(ours, size, register))
            print(f"  {size:,} members")
            found.append(measure(ours, register))
    return report(sizes, found)


def measure(ours: Platform, register: Register) -> Times:
    """Median milliseconds of each work; the ratios of P3 and P4 are told on the way."""
    with p3_member_by_id.bare(ours) as alone:
        by_id = asyncio.run(p3_member_by_id.measure(ours, register, alone))
        told = [ours.process(part) for part in ("gateway", "membership")]
        together(psutil.Process(), alone, *told, *ours.backends())
    p3_member_by_id.report(by_id)
    pages = asyncio.run(p4_member_list.measure(ours, register))
    p4_member_list.report(pages[0])
    names = p5_name_search.measure(ours, register)
    return {
        "P3 member by id": statistics.median(one.p50 for one in by_id["gateway"]),
        "P4 page, county": pages[0].p50,
        "P4 page, town": pages[1].p50,
        "P5 whole names": names["whole names"].p50,
    }


def report(sizes: Sequence[int], found: Sequence[Times]) -> int:
    allowed = math.log(sizes[-1]) / math.log(sizes[0])
    worst = 0.0
    for name in found[0]:
        grown = found[-1][name] / found[0][name]
        worst = max(worst, grown)
        told = " ".join(f"{times[name]:7.1f}" for times in found)
        print(f"    {name:<16} p50 in ms {told}   grown {grown:.2f}")
    verdict = "met" if worst <= allowed else "MISSED"
    print(f"P17 the fastest growing {worst:.2f}, goal <= {allowed:.2f} (logarithm): {verdict}")
    return 0 if worst <= allowed else 1


if __name__ == "__main__":
    sys.exit(main([int(one) for one in sys.argv[1:]] or SIZES))
