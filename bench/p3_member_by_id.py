"""P3: one member found by an exact id number, as a clerk does it.

Included: the user token and the limits at the gateway, the assertion, the scope of the union, the
blind index, the audit row written by the same statement and its commit to disk, masking, the log
line; 16 kept connections. Left out: TLS, the browser's session, 10 million members.
The bare endpoint does the audit insert and the select on a raw pool and nothing else; its blind
index comes ready-made. Rounds are interleaved, and each ratio is the median of its rounds'.
Caller and gateway have one half of the cores, service and database the other, whoever is measured:
the question is whether the gateway holds the service up, not how many cores there are.
"""

import asyncio
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import urlopen

import psutil

from bench.callers import bearer, clerk, vouched
from bench.load import Measured, apart, drive, request, waiting_for
from bench.members import Register, body_of, fill
from bench.platform import PORT, Platform, platform
from deploy.addresses import ROOT
from services.chassis.data.sealed import Sealer
from services.chassis.data.store import open_store
from services.chassis.kernel.actors import Actor
from services.membership.app import MEMBERSHIP

MEMBERS = 100_000
ASKED = 2_000  # different members
ROUNDS = 7
SECONDS = 2.5
CONNECTIONS = 16
BARE_PORT = PORT + 8
THROUGH, ALONE = 0.85, 0.5


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking; its requests are made anew each round, since credentials end."""

    name: str
    port: int
    requests: Callable[[], list[bytes]]


def main(members: int) -> int:
    with platform(MEMBERSHIP_LOOP_PAUSE="5") as ours:
        register = asyncio.run(fill(ours, members))
        print(f"    {members:,} members in 50 towns; {ROUNDS} rounds of {SECONDS} s each way")
        with bare(ours) as alone:
            found = asyncio.run(measure(ours, register, alone))
    return report(found)


async def measure(
    ours: Platform, register: Register, alone: psutil.Process
) -> dict[str, list[Measured]]:
    ways = ways_of(ours, register, await sealer_of(ours))
    found: dict[str, list[Measured]] = {way.name: [] for way in ways}
    for way in ways:
        await drive(way.port, way.requests(), connections=CONNECTIONS, seconds=1)
    database = ours.backends()
    caller = [psutil.Process(), ours.process("gateway")]
    apart(caller, [ours.process("membership"), alone, *database])
    watched = {
        "gateway": [ours.process("gateway")],
        "service": [ours.process("membership")],
        "bare": [alone],
        "database": database,
    }
    for _ in range(ROUNDS):
        for way in ways:
            requests = way.requests()
            found[way.name].append(
                await drive(
                    way.port, requests, connections=CONNECTIONS, seconds=SECONDS, watched=watched
                )
            )
    return found


def ways_of(ours: Platform, register: Register, sealer: Sealer) -> list[Way]:
    actor = clerk(register.county, register.county_path)
    documents = register.documents[:: len(register.documents) // ASKED]
    return [
        Way("gateway", ours.gateway, lambda: through_gateway(ours, actor, documents)),
        Way("service", ours.membership, lambda: to_service(ours, actor, documents)),
        Way("bare", BARE_PORT, lambda: to_bare(actor, register, sealer, documents)),
    ]


def through_gateway(ours: Platform, actor: Actor, documents: list[str]) -> list[bytes]:
    headers, path = bearer(ours, actor), "/api/membership/v1/members/searches"
    return [request("POST", path, headers, body_of(one)) for one in documents]


def to_service(ours: Platform, actor: Actor, documents: list[str]) -> list[bytes]:
    headers, path = vouched(ours, actor, "membership"), "/v1/members/searches"
    return [request("POST", path, headers, body_of(one)) for one in documents]


def to_bare(actor: Actor, register: Register, sealer: Sealer, documents: list[str]) -> list[bytes]:
    bodies = (
        f'{{"blind":"{blind.hex()}","actor":"{actor.id}","union":"{register.county}",'
        f'"path":"{register.county_path}"}}'.encode()
        for blind in sealer.blind_many("document", [f"111:{one}" for one in documents])
    )
    return [request("POST", "/members/searches", {}, body) for body in bodies]


async def sealer_of(ours: Platform) -> Sealer:
    store = await open_store(ours.settings(), MEMBERSHIP.name, MEMBERSHIP.tables, MEMBERSHIP.tells)
    await store.close()
    return store.sealer


@contextmanager
def bare(ours: Platform) -> Iterator[psutil.Process]:
    settings = ours.settings()
    told = {
        "BARE_URL": settings.database_url.replace("+asyncpg", ""),
        "BARE_POOL": str(settings.pool_size),
        "BARE_PORT": str(BARE_PORT),
    }
    command = [sys.executable, "-m", "bench.bare"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}) as process:
        try:
            waiting_for(lambda: urlopen(f"http://127.0.0.1:{BARE_PORT}/docs", timeout=2))
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def report(found: dict[str, list[Measured]]) -> int:
    for name, rounds in found.items():
        spent = {part: statistics.median(one.cpu[part] for one in rounds) for part in rounds[0].cpu}
        told = " · ".join(f"{part} {ms:.2f}" for part, ms in spent.items() if ms >= 0.01)
        rate = statistics.median(one.rate for one in rounds)
        p50, p99 = (statistics.median(getattr(one, p) for one in rounds) for p in ("p50", "p99"))
        print(f"    {name:<8}{rate:7.0f}/s  p50 {p50:5.1f} ms  p99 {p99:5.1f} ms  cpu ms: {told}")
    through = ratio(found["gateway"], found["service"])
    alone = ratio(found["service"], found["bare"])
    met = {"through": through >= THROUGH, "alone": alone >= ALONE}
    for what, value, goal, ok in (
        ("gateway / service", through, THROUGH, met["through"]),
        ("service / bare endpoint", alone, ALONE, met["alone"]),
    ):
        print(f"P3 {what:<26}{value:5.2f}  goal >= {goal}: {'met' if ok else 'MISSED'}")
    return 0 if all(met.values()) else 1


def ratio(first: list[Measured], second: list[Measured]) -> float:
    pairs = zip(first, second, strict=True)
    return statistics.median(one.rate / other.rate for one, other in pairs)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS))
