"""P1: a csv of gig workers to admitted members, against COPY of the same rows into their tables.

Included: upload, dry run, confirmation, submitted applications, and a reviewer's decision on the
whole list: encrypted, deduplicated, with history, consents, clocks, numbers and cards, in chunks
that commit. Left out: the gateway and people's time. COPY loads every row that this left in the
final tables into the same tables, emptied, with all their indexes. ``python -m bench.p1_import
[rows]``; 100,000 unless told otherwise.
"""

import asyncio
import csv
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from bench.import_place import TITLES, cells, done, office, people, worker
from tests.people import WANG
from tests.service.import_rig import Office

GOAL = 0.40
# In the order in which rows refer to each other.
TABLES = (
    *("people", "person_keys", "applications", "application_steps", "consents"),
    *("memberships", "membership_changes", "cards"),
)


def write(path: Path, rows: int) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([TITLES, *map(cells, people(rows))])


async def admit(office: Office, path: Path, rows: int) -> tuple[float, float, float]:
    """Seconds to the dry run's result, to submitted applications, to members."""
    start = time.perf_counter()
    made = await office.received(path)
    await done(office, made["id"], "checked")
    checked = time.perf_counter() - start
    version = (await office.get(f"/imports/{made['id']}")).json()["version"]
    answer = await office.put(f"/imports/{made['id']}/confirmation", version)
    assert answer.status_code == 202, answer.text
    await done(office, made["id"], "applied")
    applied = time.perf_counter() - start
    answer = await office.client.post(
        "/v1/decisions",
        headers=office.as_(WANG, Idempotency_Key=uuid4().hex),
        json={"batch_id": made["id"], "outcome": "admitted", "reason": "名单已核对。"},
    )
    assert answer.status_code == 202, answer.text
    await office.until_idle(seconds=7200, pause=0.5)
    admitted = time.perf_counter() - start
    assert await office.count("memberships where state = 'active'") == rows
    return checked, applied, admitted


def copy_alone(url: str) -> float:
    """Seconds to load what is there now into the same tables, emptied."""
    with psycopg.connect(url, autocommit=True) as connection:
        held = {table: _out(connection, table) for table in TABLES}
        names = SQL(", ").join(Identifier("membership", table) for table in TABLES)
        connection.execute(SQL("truncate {} cascade").format(names))
        start = time.perf_counter()
        for table, body in held.items():
            _in(connection, table, body)
        return time.perf_counter() - start


def _out(connection: psycopg.Connection, table: str) -> list[bytes]:
    query = SQL("copy {} to stdout (format binary)").format(Identifier("membership", table))
    with connection.cursor().copy(query) as copy:
        return [bytes(piece) for piece in copy]


def _in(connection: psycopg.Connection, table: str, body: list[bytes]) -> None:
    query = SQL("copy {} from stdin (format binary)").format(Identifier("membership", table))
    with connection.cursor().copy(query) as copy:
        for piece in body:
            copy.write(piece)


async def main(rows: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "名单.csv"
        write(path, rows)
        async with office() as opened, worker(opened):
            checked, applied, admitted = await admit(opened, path, rows)
            alone = await asyncio.to_thread(copy_alone, opened.database.admin_url)
    for name, took in (("dry run", checked), ("submitted", applied), ("admitted", admitted)):
        print(f"    {name:<10}{took:7.1f} s  {rows / took:7.0f} rows/s from the start")
    print(f"    COPY of all rows that this left {alone:.1f} s, {rows / alone:.0f} people/s")
    ratio = alone / admitted
    verdict = "met" if ratio >= GOAL else "MISSED"
    print(f"P1 {rows} rows: ratio {ratio:.2f}, goal >= {GOAL}: {verdict}")
    return 0 if ratio >= GOAL else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
