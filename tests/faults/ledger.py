"""What was acknowledged, by whom and what it has to look like for ever after."""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.rig import Rig

# What is kept of an acknowledged answer: a statement that answers one value for its id.
# fmt: off
PROMISES: Mapping[str, str] = {
    "application.number":   "select number from membership.applications where id = %s",
    "application.handed":   "select submitted_at is not null from membership.applications where id = %s",  # noqa: E501
    "application.admitted": "select membership_id::text from membership.applications where id = %s and state = 'admitted'",  # noqa: E501
    "import.received":      "select total from membership.imports where id = %s and read_to > 0",
    "import.confirmed":     "select evidence from membership.imports where id = %s",
    "import.applied":       "select applied + undone from membership.imports where id = %s and applied_at is not null",  # noqa: E501
    "import.undone":        "select undone from membership.imports where id = %s and state = 'undone'",  # noqa: E501
    "batch.admitted":       "select count(*) from membership.memberships where batch_id = %s",
    "card.number":          "select member_number from membership.people where account_id = %s",
    "union.founded":        "select name from membership.unions where id = %s",
    "union.heard":          "select name from identity.unions where id = %s",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Promise:
    kind: str
    subject: str
    value: Any


@dataclass(slots=True)
class Ledger:
    """Written by all tellers at once; read when they rest."""

    promises: list[Promise] = field(default_factory=list)
    under_way: dict[str, str] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, kind: str, subject: str, value: Any) -> None:
        with self.lock:
            self.promises.append(Promise(kind, subject, value))

    def now_telling(self, teller: str, step: str) -> None:
        self.under_way[teller] = step

    def broken(self, rig: Rig) -> list[str]:
        """Every promise that does not hold."""
        found = []
        for one in list(self.promises):
            rows = rig.query(PROMISES[one.kind], one.subject)
            if rows != [(one.value,)]:
                found.append(f"{one.kind} {one.subject}: promised {one.value}, found {rows}")
        return found


@dataclass(frozen=True, slots=True)
class Kill:
    """One line of the ledger."""

    number: int
    victim: str
    pid: int
    after: float
    during: str
    recovered: float

    def line(self) -> str:
        return (
            f"{self.number:4d} {time.strftime('%H:%M:%S')} {self.victim:18s} pid {self.pid:<7d} "
            f"at +{self.after:4.2f} s, ready after {self.recovered:5.2f} s | {self.during}"
        )
