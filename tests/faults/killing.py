"""Kill after kill while the stories go on; then look whether anything was lost or doubled."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from tests.faults import checks
from tests.faults.cast import Cast
from tests.faults.ledger import Kill, Ledger
from tests.faults.stories import Teller

LONGEST_WAIT = 1.5

Say = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What became of one run of kills."""

    seed: int
    ledger: Ledger
    kills: list[Kill] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)

    @property
    def is_clean(self) -> bool:
        return not self.lost and not any(self.found.values())

    def summary(self) -> str:
        by_part = Counter(kill.victim for kill in self.kills)
        slowest = {
            part: max(k.recovered for k in self.kills if k.victim == part) for part in by_part
        }
        stories = ", ".join(f"{name} {n}" for name, n in sorted(self.ledger.told.items()))
        lines = [
            f"seed {self.seed}: {len(self.kills)} kills in {time.monotonic() - self.began:.0f} s",
            *(
                f"  {part:18s} killed {n:3d} times, slowest recovery {slowest[part]:5.2f} s"
                for part, n in sorted(by_part.items())
            ),
            f"  stories told: {stories}",
            f"  answers met on the way and tried again: {dict(self.seen)}",
            f"  acknowledged steps {len(self.ledger.promises)}, lost {len(self.lost)}",
            *(f"  {kind}: {len(rows)}" for kind, rows in self.found.items()),
            f"  slowest rest after a round {max(self.settled, default=0):.1f} s",
        ]
        return "\n".join(lines + self.lost + [row for rows in self.found.values() for row in rows])


def kill_at_random(  # how a run is told apart from another
    cast: Cast,
    seed: int,
    victims: Sequence[str],
    folder: Path,
    *,
    tellers: int = 3,
    a_round: int = 20,
    say: Say = lambda words: None,
) -> Outcome:
    """Kill each of ``victims`` in turn at random moments; check after each round of them."""
    outcome, random = Outcome(seed, Ledger()), Random(seed)
    say(f"seed {seed}")
    with ExitStack() as closing:
        telling = [cast.teller(n, seed, outcome.ledger, folder, closing) for n in range(tellers)]
        auditor_http = closing.enter_context(httpx.Client(base_url=cast.rig.url, timeout=60))
        auditor = cast.person(auditor_http, "auditor")
        for first in range(0, len(victims), a_round):
            with being_told(telling):
                for victim in victims[first : first + a_round]:
                    outcome.kills.append(_kill(cast, outcome, victim, random))
                    say(outcome.kills[-1].line())
            outcome.settled.append(checks.settle(cast.rig))
            outcome.lost = outcome.ledger.broken(cast.rig)
            outcome.found = checks.faults(cast.rig, auditor)
            say(f"     rest {outcome.settled[-1]:.1f} s, {len(outcome.ledger.promises)} kept")
            if not outcome.is_clean:
                break
        for teller in telling:
            outcome.seen.update(teller.clerk.seen)
            outcome.seen.update(teller.reviewer.seen)
    say(outcome.summary())
    return outcome


@contextmanager
def being_told(tellers: Sequence[Teller]) -> Iterator[None]:
    """While the block runs, everybody tells; at its end each comes to the end of a story."""
    over, wrong = threading.Event(), []

    def tell(teller: Teller) -> None:
        try:
            teller.tell(over)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=tell, args=(one,), daemon=True) for one in tellers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if wrong:
        raise wrong[0]


def _kill(cast: Cast, outcome: Outcome, victim: str, random: Random) -> Kill:
    wait = random.uniform(0, LONGEST_WAIT)
    time.sleep(wait)
    during = "; ".join(filter(None, outcome.ledger.under_way.values()))
    pid = cast.rig.kill(victim)
    recovered = cast.rig.recovered(victim, pid)
    return Kill(len(outcome.kills) + 1, victim, pid, wait, during, recovered)
