"""P4: a page of 50 members as HTML out of the frontend.

Included: the frontend whole (token, three API calls, presenters, template, brotli), the gateway
with credentials and limits, the service, the audited query, the database. Left out: TLS, the
browser and its session, 10 million members. One caller, one request at a time, as a clerk waits.
The API calls are asked one after the other in the same rounds, as the frontend asks them; the list
is that of a county (all members) and of one town (some 2,000).
"""

import asyncio
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench.callers import bearer, clerk
from bench.load import Measured, drive, request
from bench.members import Register, fill
from bench.platform import Platform, platform
from services.chassis.edge.assertions import sign_client
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.clock import utc_now

MEMBERS = 100_000
ROWS = 50
ROUNDS = 7
SECONDS = 1.5
LONGEST, TIMES = 25.0, 4.0
API = "/api/membership/v1"


@dataclass(frozen=True, slots=True)
class Way:
    """One address that is asked, at one port."""

    name: str
    port: int
    request: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What one office's list took: the page, and its calls by themselves."""

    page: list[Measured]
    calls: dict[str, list[Measured]]

    @property
    def p50(self) -> float:
        return statistics.median(one.p50 for one in self.page)

    @property
    def ratio(self) -> float:
        sums = (sum(one.p50 for one in calls) for calls in zip(*self.calls.values(), strict=True))
        return statistics.median(
            page.p50 / whole for page, whole in zip(self.page, sums, strict=True)
        )


def main(members: int) -> int:
    with platform(FRONTEND_ROWS=str(ROWS), MEMBERSHIP_LOOP_PAUSE="5") as ours:
        register = asyncio.run(fill(ours, members))
        print(f"    {members:,} members in 50 towns; {ROUNDS} rounds of {SECONDS} s each way")
        county, town = asyncio.run(measure(ours, register))
    tell("one town", town)
    return report(county)


async def measure(ours: Platform, register: Register) -> list[Found]:
    found = []
    for union, path in (
        (register.county, register.county_path),
        (register.town, register.town_path),
    ):
        found.append(await measure_one(ours, clerk(union, path)))
    return found


async def measure_one(ours: Platform, actor: Actor) -> Found:
    found = Found([], {name: [] for name in ("waiting", "list", "counts")})
    for number in range(ROUNDS + 1):
        for way in ways_of(ours, actor):
            done = await drive(way.port, [way.request], connections=1, seconds=SECONDS)
            if number:  # the first round warms up
                (found.page if way.name == "page" else found.calls[way.name]).append(done)
    return found


def ways_of(ours: Platform, actor: Actor) -> Sequence[Way]:
    """Made anew each round: the frontend's own credential lives for seconds."""
    person = bearer(ours, actor)
    client = {"X-Client-Assertion": sign_client(ours.key("frontend"), utc_now())}
    asked = person | client | {"Accept": "application/json", "X-Forwarded-For": "192.0.2.7"}
    body = json.dumps({"text": "", "limit": ROWS}).encode()
    calls = {
        "waiting": request("GET", f"{API}/desk/waiting", asked),
        "list": request("POST", f"{API}/members/searches", asked, body),
        "counts": request("GET", f"{API}/members/counts", asked),
    }
    page = request("GET", "/members", person | {"Accept-Encoding": "br"})
    return [
        Way("page", ours.frontend, page),
        *(Way(name, ours.gateway, asked) for name, asked in calls.items()),
    ]


def tell(whose: str, found: Found) -> None:
    calls = " · ".join(
        f"{name} {statistics.median(one.p50 for one in rounds):.1f}"
        for name, rounds in found.calls.items()
    )
    p99 = statistics.median(one.p99 for one in found.page)
    print(f"    {whose:<10} page p50 {found.p50:5.1f} ms, p99 {p99:5.1f} ms; calls p50: {calls}")


def report(found: Found) -> int:
    tell("the county", found)
    quick, close = found.p50 <= LONGEST, found.ratio <= TIMES
    words = {True: "met", False: "MISSED"}
    print(
        f"P4 page of {ROWS}, p50         {found.p50:6.1f} ms goal <= {LONGEST:.0f}: {words[quick]}"
    )
    print(f"P4 page / sum of its calls  {found.ratio:6.2f}    goal <= {TIMES:.0f}: {words[close]}")
    return 0 if quick and close else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS))
