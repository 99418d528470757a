"""What people do while processes die: each story a row of a table, each answer kept in the ledger.

A later service joins with rows here, statements in ``ledger.PROMISES`` and ``checks.CHECKS``.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import httpx

from deploy.demo.people import Courier
from deploy.demo.single import application_of
from deploy.demo.template import write_sheet
from tests.faults.client import Json, Person, Wrong
from tests.faults.ledger import Ledger

APPLICATIONS, IMPORTS = "/membership/v1/applications", "/membership/v1/imports"
ADMITTED = {"outcome": "admitted", "reason": "材料齐全，符合入会条件。"}
ROWS, MANY_ROWS = 30, 700


@dataclass(slots=True)
class Teller:
    """Somebody who tells stories over and over: a clerk, a reviewer and the people they meet."""

    name: str
    clerk: Person
    reviewer: Person
    http: httpx.Client
    people: Iterator[Courier]
    ledger: Ledger
    random: Random
    folder: Path
    union: str
    poster: str
    town: str
    codes_url: str
    consents: list[Json]

    def step(self, words: str) -> None:
        self.ledger.now_telling(self.name, words)

    def keep(self, kind: str, subject: str, value: Any) -> None:
        self.ledger.acknowledge(kind, subject, value)

    def tell(self, over: threading.Event) -> None:
        while not over.is_set():
            name = self.random.choices(list(STORIES), [s[1] for s in STORIES.values()])[0]
            STORIES[name][0](self)
            self.ledger.told[name] += 1
            self.step("")


def counter_application(teller: Teller) -> None:
    """Written down at the counter, handed in, admitted by other eyes."""
    teller.step("counter: write down")
    person = next(teller.people)
    made = teller.clerk.post(APPLICATIONS, application_of(person, teller.union, teller.consents))
    teller.keep("application.number", made["id"], made["number"])
    _hand_in_and_admit(teller, teller.clerk, made)


def worker_joins(teller: Teller) -> None:
    """By the poster, with a code sent to the phone; in the end there is a card."""
    person = next(teller.people)
    teller.step("worker: log in")
    worker = Person(teller.http, lambda: _log_in_by_phone(teller, person.phone))
    teller.step("worker: apply")
    body = {
        "poster": teller.poster,
        "person": {
            "name": person.name,
            "document": {"kind": "111", "number": person.id_number},
            "address": person.address,
        },
        "group_code": person.group_code,
        "platforms": [person.platform],
        "situation": {"relation": "partial", "has_employer_union": False},
        "consents": [{"text_id": c["text_id"], "version": c["version"]} for c in teller.consents],
    }
    made = worker.post(APPLICATIONS, body)
    teller.keep("application.number", made["id"], made["number"])
    _hand_in_and_admit(teller, worker, made)
    teller.step("worker: card")
    card = worker.get("/membership/v1/members/mine/card")
    me = worker.get("/identity/v1/me")
    teller.keep("card.number", me["id"], card["number"])


def sheet_of_people(teller: Teller) -> None:
    """A list is looked at, confirmed, applied and admitted as a whole."""
    sheet = _applied_sheet(teller, ROWS)
    teller.step("sheet: admit")
    teller.reviewer.post("/membership/v1/decisions", {"batch_id": sheet["id"], **ADMITTED})
    waiting = {"batch": sheet["id"], "state": "submitted", "limit": 1}
    teller.reviewer.wait(APPLICATIONS, lambda page: not page["items"], **waiting)
    teller.keep("batch.admitted", sheet["id"], ROWS)


def sheet_taken_back(teller: Teller) -> None:
    """A long list is applied, found to be the wrong one, and taken back as a whole."""
    sheet = _applied_sheet(teller, MANY_ROWS)
    at = f"{IMPORTS}/{sheet['id']}"
    teller.step("sheet: take back")
    teller.clerk.put(f"{at}/reversal", {"reason": "名单有误"}, sheet["version"])
    teller.clerk.wait(at, lambda found: found["state"] == "undone")
    teller.keep("import.undone", sheet["id"], MANY_ROWS)


def _applied_sheet(teller: Teller, rows: int) -> Json:
    path = teller.folder / f"{teller.name}.xlsx"
    write_sheet(path, islice(teller.people, rows))
    teller.step("sheet: upload")
    made = teller.clerk.upload(IMPORTS, path, union_id=teller.union)
    at = f"{IMPORTS}/{made['id']}"
    teller.step("sheet: check")
    checked = teller.clerk.wait(at, lambda found: found["state"] == "checked")
    if checked["counts"]["ready"] != rows:
        raise Wrong(f"{at}: {checked['counts']}")
    teller.keep("import.received", made["id"], rows)
    teller.step("sheet: confirm")
    teller.clerk.put(f"{at}/confirmation", {"evidence": teller.name}, checked["version"])
    teller.keep("import.confirmed", made["id"], teller.name)
    teller.step("sheet: apply")
    applied = teller.clerk.wait(at, lambda found: found["state"] == "applied")
    teller.keep("import.applied", made["id"], rows)
    return applied


def union_founded(teller: Teller) -> None:
    """Membership tells identity, which has to hear of it once."""
    teller.step("union: found")
    name = f"第{teller.name}-{teller.random.randrange(10**9)}号站联合工会"
    facts = {"level": 4, "kind": "1", "division": "320582101", "catches_all": True}
    body = {"name": name, "parent_id": teller.town, **facts}
    made = teller.reviewer.post("/membership/v1/unions", body)
    teller.keep("union.founded", made["id"], name)
    teller.keep("union.heard", made["id"], name)


# fmt: off
STORIES: Mapping[str, tuple[Callable[[Teller], None], int]] = {
    "counter application": (counter_application, 5),
    "worker joins":        (worker_joins,        3),
    "sheet of people":     (sheet_of_people,     2),
    "sheet taken back":    (sheet_taken_back,    1),
    "union founded":       (union_founded,       2),
}
# fmt: on


def _hand_in_and_admit(teller: Teller, applicant: Person, made: Json) -> None:
    at = f"{APPLICATIONS}/{made['id']}"
    teller.step("application: hand in")
    handed = applicant.put(f"{at}/submission", None, made["version"])
    teller.keep("application.handed", made["id"], True)
    teller.step("application: admit")
    admitted = teller.reviewer.put(f"{at}/decision", ADMITTED, handed["version"])
    teller.keep("application.admitted", made["id"], admitted["membership_id"])


def _log_in_by_phone(teller: Teller, phone: str) -> str:
    """A code that its process took to the grave is asked for again."""
    nobody = Person(teller.http)
    for _ in range(10):
        nobody.post("/identity/v1/phone-codes", {"phone": phone})
        code = _code(teller.codes_url, phone)
        try:
            body = {"phone": phone, "code": code}
            return str(nobody.post("/identity/v1/worker-sessions", body)["access_token"])
        except Wrong as wrong:
            if ": 401 " not in str(wrong) and ": 422 " not in str(wrong):
                raise
        time.sleep(1)
    raise Wrong("nobody could log in by phone")


def _code(url: str, phone: str) -> str:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            sent = httpx.get(url, timeout=5).raise_for_status().json()["phone_codes"]
        except (httpx.HTTPError, ValueError):
            sent = []
        if code := next((one["code"] for one in sent if one["phone"] == phone), None):
            return str(code)
        time.sleep(0.1)
    return "000000"
