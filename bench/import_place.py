"""Where the import benches run: a throw-away database, the service in this process, a worker."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice

from deploy.demo.people import Courier, couriers
from deploy.keys import make_keys
from tests import clusters
from tests.service.import_rig import Office, kill, open_office

SEED = 11
PAUSE = 0.5  # of the service's loops, as in production
TITLES = ("姓名", "身份证号", "手机号", "从业类别", "所属平台", "用工形式", "入职时间", "现住址")
SHARED = "NIANGJIA_TEST_CLUSTER_URL"


def people(count: int) -> list[Courier]:
    return list(islice(couriers(SEED), count))


def cells(person: Courier) -> tuple[str, ...]:
    return (
        *(person.name, person.id_number, person.phone, person.group, person.platform),
        *(person.relation, person.started_on.isoformat(), person.address),
    )


@asynccontextmanager
async def office() -> AsyncIterator[Office]:
    """Everything is gone when the bench ends."""
    home = clusters.make_home()
    try:
        address = os.environ.get(SHARED) or clusters.cluster_address(home, "any")
        with clusters.copy(address, clusters.template(address)) as database:
            make_keys(home / "keys")
            async with open_office(database, home / "keys", home / "files", PAUSE) as opened:
                yield opened
    finally:
        clusters.clear(home)


@asynccontextmanager
async def worker(office: Office) -> AsyncIterator[None]:
    """A worker in a process of its own, ready before the clock starts."""
    process = office.worker_process("steady")
    await asyncio.sleep(3)
    try:
        yield
    finally:
        kill(process)


async def done(office: Office, import_id: str, state: str) -> float:
    """Seconds until the sheet is in a state."""
    start = time.perf_counter()
    query = f"select state from membership.imports where id = '{import_id}'"
    while (found := await office.value(query)) != state:
        broken = await office.count("jobs where error_code = 'internal'")
        assert found != "failed"
        assert not broken
        await asyncio.sleep(0.25)
    return time.perf_counter() - start
