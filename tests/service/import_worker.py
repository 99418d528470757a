"""Membership's worker as a process: hurried for tests that kill it, steady for benches."""

import asyncio
import sys

from services.chassis.data.jobs import Pace, run_worker
from services.chassis.data.store import open_store
from services.membership.domain.events import TELLS
from services.membership.settings import Settings
from services.membership.store.tables import CHASSIS
from services.membership.worker import handlers
from tests.service.import_rig import HURRIED


async def main() -> None:
    settings = Settings()
    store = await open_store(settings, "membership", CHASSIS, TELLS)
    pace = HURRIED if "hurried" in sys.argv else Pace()
    await run_worker(store, handlers(settings), asyncio.Event(), pace=pace)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
