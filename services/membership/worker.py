"""Carries out membership's long work beside the service: ``python -m services.membership.worker``.

Any number of workers may run; each job is carried out by one of them at a time.
"""

import asyncio
import signal
from collections.abc import Mapping

from services.chassis.data.jobs import Handler, run_worker
from services.chassis.data.store import open_store
from services.chassis.edge.assertions import load_key
from services.chassis.edge.key_service import key_service
from services.chassis.edge.peers import Peer, open_session
from services.chassis.edge.starting import from_environment
from services.membership.domain.events import TELLS
from services.membership.jobs import decisions, imports
from services.membership.peers.standing import StandingCheck
from services.membership.settings import Settings
from services.membership.store.tables import CHASSIS


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Every kind of work that membership asks for."""
    return {**imports.handlers(settings.data_dir), **decisions.handlers()}


async def work(stop: asyncio.Event, settings: Settings | None = None) -> None:
    """Until told to stop; what is unfinished then goes back to the queue."""
    settings = settings or from_environment(Settings, "membership-worker")
    keys = key_service(settings)
    store = await open_store(settings, "membership", CHASSIS, TELLS, keys=keys)
    async with open_session() as session:
        identity = Peer("identity", settings.identity_url, session, title="身份服务")
        standing = StandingCheck(identity, load_key(settings.private_key), store.clock)
        try:
            await run_worker(store, handlers(settings), stop, authorise=standing)
        finally:
            await store.close()


async def main() -> None:
    """The worker as a process of its own, which the system tells to stop by signal."""
    stop = asyncio.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    await work(stop)


if __name__ == "__main__":
    asyncio.run(main())
