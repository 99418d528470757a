"""No file takes down the process that received it (INP-04)."""

import asyncio
import os
from dataclasses import replace

import psutil
import pytest

from services.chassis.data.imports.limits import LIMITS, MEBIBYTE
from services.chassis.data.imports.reading import inspect, read
from services.chassis.data.imports.refused import SheetRefused
from services.chassis.data.imports.sniff import Format
from tests.hostile_files import HOSTILE, TREACHEROUS, workbook, write
from tests.old_excel import xls

KNOWN = ("姓名", "证件号码")


def children() -> list[psutil.Process]:
    """Readers that still run; this test's process may have other children."""
    mine = psutil.Process().children()
    return [one for one in mine if "services.chassis.data.imports.child" in one.cmdline()]


@pytest.mark.parametrize(("name", "build", "reason"), HOSTILE, ids=[h[0] for h in HOSTILE])
async def test_inspect_refuses_by_reason(tmp_path, name, build, reason):
    path = write(tmp_path, name, build)
    before = psutil.Process().memory_info().rss

    with pytest.raises(SheetRefused) as refused:
        await inspect(path, name)

    assert refused.value.reason == reason
    assert refused.value.detail.endswith(("。", "）"))
    assert psutil.Process().memory_info().rss - before <= 50 * MEBIBYTE
    assert children() == []


@pytest.mark.parametrize(("name", "build", "reason"), TREACHEROUS, ids=[t[0] for t in TREACHEROUS])
async def test_read_refuses_what_only_its_rows_show(tmp_path, name, build, reason):
    path = write(tmp_path, name, build)
    format_ = await inspect(path, name)
    path = path.rename(tmp_path / "stored-without-an-ending")

    with pytest.raises(SheetRefused) as refused:
        async for _ in read(path, format_, KNOWN):
            pass

    assert refused.value.reason == reason
    assert children() == []


async def test_read_kills_the_child_when_the_reader_leaves_early(tmp_path):
    path = write(tmp_path, "a.csv", lambda: "姓名,证件号码\r\n".encode() * 200_000)

    rows = read(path, Format.CSV, KNOWN)
    first = await anext(rows)
    await rows.aclose()

    assert len(first.rows) == LIMITS.chunk
    assert children() == []


async def test_read_gives_up_on_a_child_that_says_nothing(tmp_path):
    fifo = tmp_path / "waits.csv"
    os.mkfifo(fifo)
    impatient = replace(LIMITS, silence_seconds=0.5)
    with pytest.raises(SheetRefused) as refused:
        async for _ in read(fifo, Format.CSV, KNOWN, limits=impatient):
            pass

    assert refused.value.reason == "too-heavy"
    assert children() == []


async def test_read_goes_on_after_a_row(tmp_path):
    path = write(tmp_path, "a.xlsx", lambda: workbook([[str(n), "2", "3"] for n in range(5000)]))

    chunks = [chunk async for chunk in read(path, Format.XLSX, KNOWN, after=4000)]

    assert [(c.first, len(c.rows)) for c in chunks] == [(4001, 1001)]
    assert chunks[0].rows[0][0] == "3999"


async def test_an_old_workbook_is_read(tmp_path):
    path = write(
        tmp_path, "a.xls", lambda: xls([["姓名", "证件号码"], ["张三", 3.2010219900101e17]])
    )

    assert await inspect(path, "a.xls") is Format.XLS
    path = path.rename(tmp_path / "stored-without-an-ending")
    chunks = [chunk async for chunk in read(path, Format.XLS, KNOWN)]

    assert [c.rows for c in chunks] == [[["姓名", "证件号码"], ["张三", 3.2010219900101e17]]]


async def test_many_hostile_files_at_once_leave_the_loop_free(tmp_path):
    paths = [
        write(tmp_path, f"{n}{name}", build) for n, (name, build, _) in enumerate(HOSTILE[2:9])
    ]
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            at = asyncio.get_running_loop().time()
            await asyncio.sleep(0.01)
            longest = max(longest, asyncio.get_running_loop().time() - at)

    watcher = asyncio.create_task(watch())
    results = await asyncio.gather(
        *(inspect(path, path.name) for path in paths), return_exceptions=True
    )
    watcher.cancel()

    assert all(isinstance(result, SheetRefused) for result in results)
    assert longest < 1.0
