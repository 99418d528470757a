"""How often somebody may knock, and the sentence that says when to come back.

The arithmetic is the generic cell rate algorithm: one number for each bucket, exact times. The
memory store of the ``limits`` package (5.8) was read and left: under load it starts a thread every
10 ms that walks all keys, which hands a stranger with many addresses a lever.
Counts live in the process; several gateways each count their own share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from services.chassis.kernel.refusals import TooMany


@dataclass(frozen=True, slots=True)
class Policy:
    """``quota`` at once, refilled evenly over ``window`` seconds; ``by`` actor or address."""

    name: str
    quota: int
    window: float
    by: str


# A whole office, or a square full of couriers, stands behind one address: counting addresses
# only slows a machine that guesses, people do not meet it. Identity counts per account and phone.
# fmt: off
POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("anonymous",      900, 60, "address"),
        Policy("actor",          600, 60, "actor"),
        Policy("static",        6000, 60, "address"),
        Policy("log-in",          60, 60, "address"),
        Policy("phone-code",      40, 60, "address"),
        Policy("token",          300, 60, "address"),
        Policy("register-check",  20, 60, "actor"),
        Policy("disclosure",      30, 60, "actor"),
        Policy("public-search",  300, 60, "address"),
        Policy("upload",          20, 60, "actor"),
        Policy("bad-credential", 120, 60, "address"),
        Policy("exchange",       600, 60, "address"),
    )
}
# fmt: on
CAPACITY = 200_000


@dataclass(slots=True)
class Reading:
    """What a bucket says after one knock; times are whole seconds."""

    policy: Policy
    allowed: bool
    remaining: int
    full_again: int
    retry_after: int

    def lines(self) -> bytes:
        """The ``RateLimit`` fields of the IETF draft."""
        policy = self.policy
        return (
            f'ratelimit-policy: "{policy.name}";q={policy.quota};w={ceil(policy.window)}\r\n'
            f'ratelimit: "{policy.name}";r={self.remaining};t={self.full_again}\r\n'
        ).encode()


class Buckets:
    """All buckets of this process; a bucket that is full again is forgotten when room is short."""

    def __init__(self, factor: float = 1.0, capacity: int = CAPACITY) -> None:
        self._full_at: dict[tuple[str, str], float] = {}
        self._capacity = capacity
        self._factor = factor
        self._policies = {
            name: Policy(name, max(1, round(p.quota * factor)), p.window, p.by)
            for name, p in POLICIES.items()
        }

    def counts_actors(self, name: str) -> bool:
        """Whether a limit counts persons; one who is unknown is counted by address."""
        return self._policies[name].by == "actor"

    def own(self, name: str, per_minute: int) -> Policy:
        """A policy that is one caller's own."""
        return Policy(name, max(1, round(per_minute * self._factor)), 60, "actor")

    def knock(self, name: str, who: str, now: float) -> Reading:
        """Count one request of ``who``; a refused knock costs nothing."""
        return self.knock_by(self._policies[name], who, now)

    def knock_by(self, policy: Policy, who: str, now: float) -> Reading:
        """The same by a policy that is somebody's own; its name still says what is counted."""
        key = (policy.name, who)
        before = max(now, self._full_at.get(key, now))
        after = before + policy.window / policy.quota
        excess = after - now - policy.window
        if excess > 1e-9:
            return Reading(policy, False, 0, ceil(before - now), max(1, ceil(excess)))
        if key not in self._full_at and len(self._full_at) >= self._capacity:
            self._make_room(now)
        self._full_at[key] = after
        left = floor((policy.window - (after - now)) * policy.quota / policy.window + 1e-9)
        return Reading(policy, True, left, ceil(after - now), 0)

    def _make_room(self, now: float) -> None:
        self._full_at = {key: at for key, at in self._full_at.items() if at > now}
        surplus = len(self._full_at) - self._capacity + self._capacity // 10
        for key in list(self._full_at)[: max(0, surplus)]:
            del self._full_at[key]


def tightest(readings: Sequence[Reading]) -> Reading | None:
    """The reading that will refuse first; the one worth telling."""
    if len(readings) < 2:
        return readings[0] if readings else None
    return min(readings, key=lambda r: (r.allowed, r.remaining / r.policy.quota))


def refuse(reading: Reading) -> TooMany:
    """The refusal in words."""
    return TooMany(
        f"操作过于频繁，请在{in_words(reading.retry_after)}后再试。",
        retry_after=reading.retry_after,
        limit=reading.policy.name,
    )


def in_words(seconds: int) -> str:
    """A waiting time as a person would say it."""
    if seconds < 60:
        return f" {seconds} 秒"
    if seconds < 3600:
        return f"约 {ceil(seconds / 60)} 分钟"
    return f"约 {ceil(seconds / 3600)} 小时"
