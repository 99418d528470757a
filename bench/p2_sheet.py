"""P2: an xlsx of 100,000 rows, from upload to dry-run result, against calamine reading it alone.

Included: the upload through the service, the checks in a limited child, reading, every row judged,
sealed and kept, duplicates looked for in the sheet and in the register. Left out: the gateway and
a browser. Calamine reads in a process of its own, started for it, as ours is.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import xlsxwriter

from bench.import_place import TITLES, cells, done, office, people, worker
from tests.service.import_rig import Office

ROWS = 100_000
RUNS = 3
GOAL = 3.0
ALONE = """
import sys, time
from python_calamine import CalamineWorkbook
start = time.perf_counter()
rows = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
print(time.perf_counter() - start)
"""


def write(path: Path, mark: int) -> None:
    """The same people each time; the mark makes each file one that was never sent."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([(*TITLES, f"第 {mark} 次"), *map(cells, people(ROWS))]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)


def alone(path: Path) -> float:
    command = [sys.executable, "-c", ALONE, str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def through(office: Office, path: Path) -> float:
    start = time.perf_counter()
    made = await office.received(path)
    received = time.perf_counter() - start
    took = received + await done(office, made["id"], "checked")
    counts = (await office.get(f"/imports/{made['id']}")).json()["counts"]
    assert counts["ready"] == ROWS, counts
    rss = psutil.Process().memory_info().rss >> 20
    print(f"    upload {received:.2f} s, whole {took:.2f} s, process {rss} MiB")
    return took


async def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.xlsx" for n in range(RUNS)]
        for mark, path in enumerate(paths):
            write(path, mark)
        async with office() as opened, worker(opened):
            pairs = [(alone(path), await through(opened, path)) for path in paths]
    reading, whole = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = whole / reading
    verdict = "met" if ratio <= GOAL else "MISSED"
    print(f"    calamine alone {reading:.2f} s, upload to dry run {whole:.2f} s")
    print(f"P2 {ROWS} rows: ratio {ratio:.2f}, goal <= {GOAL}: {verdict}")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
