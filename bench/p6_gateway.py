"""P6: the gateway before a fast service, measured against nginx that does equal checks.

Included on both sides: kept connections in and out, the token, a limit by person, the request id,
forwarding headers, the security headers of every answer, one log line a request in a file. The
gateway also routes by its table, hands the service an assertion of its own, and knows within a
second which sessions ended. Left out: TLS, bodies, pages.
Debian's nginx has no ``auth_jwt`` (that is sold), so its own scripting checks the token anew each
time (HS256, the cheapest signature there is; ``nginx-hs256``), or a checker behind ``auth_request``
is asked and believed for a second (``nginx-cache``: what the gateway's memory does, in C).
``nginx-plain`` checks nothing and only tells where the ceiling is. ``nginx-eddsa`` is computed, not
run: plain, plus one verification of the signature that our tokens really bear, by OpenSSL.
One core belongs to the server under test; the other to the load (wrk) and the service behind it.
Figures are answers per second of the server's own processor time, which neighbours on a busy
machine change little; rounds are interleaved, and each ratio is the median of its rounds'.
Needs: nginx-light, libnginx-mod-http-js, wrk.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.load import waiting_for
from bench.p6_nginx import SECRET, nginx_as
from deploy.addresses import ROOT
from deploy.keys import make_keys
from services.chassis.edge.assertions import load_key, sign_user
from services.chassis.kernel.actors import Actor, Kind, Role, actor_facts
from services.chassis.kernel.clock import utc_now
from services.chassis.kernel.ids import new_id

PORT = int(os.environ.get("P6_PORT", "18930"))
SERVICE = PORT + 1
WAYS = ("gateway", "nginx-hs256", "nginx-cache", "nginx-plain")
RIVALS = ("nginx-plain", "nginx-eddsa", "nginx-cache", "nginx-hs256")
PORTS = {way: PORT + 2 + number for number, way in enumerate(WAYS)}
PATH = "/api/membership/v1/unions/01930000-0000-7000-8000-000000000001"
ROUNDS = int(os.environ.get("P6_ROUNDS", "7"))
SECONDS = 3
CONNECTIONS = 32
GOAL = 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One way in one round: per second of the clock, and per second of its own processor."""

    rate: float
    per_core: float


def main() -> int:
    if missing := [name for name in ("nginx", "wrk") if shutil.which(name) is None]:
        print(f"P6 not measured: {', '.join(missing)} missing")
        return 1
    load, under_test = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, {load})
    found: dict[str, list[Measured]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="niangjia-p6-") as name, ExitStack() as stack:
        home = Path(name)
        home.chmod(0o755)
        make_keys(home / "keys")
        stack.enter_context(nginx(home, "service", SERVICE, load))
        servers = {way: stack.enter_context(nginx(home, way, PORTS[way], under_test))
                   for way in WAYS[1:]}  # fmt: skip
        servers["gateway"] = stack.enter_context(gateway(home, under_test))
        for way in WAYS:
            drive(way, headers(home, way), 1)
        for _ in range(ROUNDS):
            for way in WAYS:
                found[way].append(measured(servers[way], way, headers(home, way)))
            plain = found["nginx-plain"][-1].per_core
            checked = 1 / (1 / plain + verification())
            found.setdefault("nginx-eddsa", []).append(Measured(checked, checked))
    return report(found)


def verification() -> float:
    """Seconds of the processor for one Ed25519 signature over a token's length."""
    key, text = Ed25519PrivateKey.generate(), b"x" * 600
    signature, public, many = key.sign(text), key.public_key(), 2_000
    begun = time.process_time()
    for _ in range(many):
        public.verify(signature, text)
    return (time.process_time() - begun) / many


def measured(server: psutil.Process, way: str, told: Sequence[str]) -> Measured:
    workers = [server, *server.children()]
    before, begun = used(workers), time.monotonic()
    rate = drive(way, told, SECONDS)
    took = time.monotonic() - begun
    return Measured(rate, rate * took / (used(workers) - before))


def drive(way: str, told: Sequence[str], seconds: int) -> float:
    """Answers per second; anything but 200 spoils the round."""
    options = [part for header in told for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *options]
    url = f"http://127.0.0.1:{PORTS[way]}{PATH}"
    told_back = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told_back)
    if rate is None or "Non-2xx" in told_back or "Socket errors" in told_back:
        raise SystemExit(f"{way}: {told_back}")
    return float(rate[1])


def headers(home: Path, way: str) -> list[str]:
    """The same person with the signature that the server can read; tokens end, so made anew."""
    actor = Actor(
        Kind.STAFF, UUID(int=7), name="测试经办", union_id=UUID(int=8),
        union_path=f"{UUID(int=8).hex}/", union_name="江临县总工会",
        roles=frozenset({Role.CLERK}), auth="password", session=new_id(),
    )  # fmt: skip
    if way == "gateway":
        token = sign_user(load_key(home / "keys" / "identity.jwk"), actor, utc_now())
    else:
        token = signed_hs256(actor_facts(actor) | {"exp": int(time.time()) + 600})
    return [f"Authorization: Bearer {token}", "Accept: application/json"]


def signed_hs256(claims: dict[str, object]) -> str:
    body = ".".join(coded(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims))
    return f"{body}.{coded(digest(SECRET, body.encode(), sha256))}"


def coded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def used(processes: Sequence[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (one.cpu_times() for one in processes))


@contextmanager
def nginx(home: Path, way: str, port: int, core: int) -> Iterator[psutil.Process]:
    folder = home / way
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(nginx_as(way, folder, port, SERVICE))
    with serving(["nginx", "-p", str(folder), "-c", str(config)], core, port, {}) as process:
        yield process


@contextmanager
def gateway(home: Path, core: int) -> Iterator[psutil.Process]:
    behind = f"http://127.0.0.1:{SERVICE}"
    told = {
        "GATEWAY_MODE": "local",
        "GATEWAY_PRIVATE_KEY": str(home / "keys" / "gateway.jwk"),
        "GATEWAY_TRUST": str(home / "keys" / "trust.jwks"),
        "GATEWAY_PUBLIC_URL": "http://localhost",
        "GATEWAY_SERVICES": json.dumps({"membership": behind, "frontend": behind}),
        "GATEWAY_IDENTITY_URL": behind,
        "GATEWAY_LIMITS_FACTOR": "100000",
    }
    port = PORTS["gateway"]
    command = [sys.executable, "-m", "gateway", "--port", str(port)]
    with (home / "gateway.log").open("wb") as log, serving(command, core, port, told, log) as one:
        yield one


@contextmanager
def serving(
    command: list[str], core: int, port: int, told: dict[str, str], log: object = None
) -> Iterator[psutil.Process]:
    bound = ["taskset", "-c", str(core), *command]
    environment = {**os.environ, **told}
    with subprocess.Popen(bound, cwd=ROOT, env=environment, stdout=log) as process:  # type: ignore[call-overload]  # a file or None
        try:
            waiting_for(lambda: urlopen(f"http://127.0.0.1:{port}/livez", timeout=2))
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def report(found: dict[str, list[Measured]]) -> int:
    for way, rounds in found.items():
        per_core, rate = (
            statistics.median(getattr(one, what) for one in rounds) for what in ("per_core", "rate")
        )
        cost = 1e6 / per_core
        told = f"{per_core:8.0f}/s of a core ({cost:5.1f} µs each)"
        print(f"    {way:<12}{told}  {rate:8.0f}/s by the clock")
    met = True
    for way in RIVALS:
        pairs = zip(found["gateway"], found[way], strict=True)
        ratio = statistics.median(ours.per_core / theirs.per_core for ours, theirs in pairs)
        is_judged = way != "nginx-plain"
        met = met and (ratio >= GOAL or not is_judged)
        goal = f"  goal >= {GOAL}: {'met' if ratio >= GOAL else 'MISSED'}" if is_judged else ""
        print(f"P6 gateway / {way:<12}{ratio:5.2f}{goal}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
