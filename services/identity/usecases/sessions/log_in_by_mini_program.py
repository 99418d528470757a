"""A worker logs in by opening the mini-program; the first time, their phone says who they are."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Kind
from services.identity.domain.mini_program import Opener, PhoneNeeded
from services.identity.store import mini_program_links, workers
from services.identity.usecases.sessions.log_in_worker import WorkerLoggedIn
from services.identity.usecases.sessions.open_session import open_session
from services.identity.usecases.sessions.sign_access import Issuer


async def log_in_by_mini_program(
    tx: Tx, issuer: Issuer, opener: Opener, phone: str | None
) -> WorkerLoggedIn:
    """The same worker as with a phone code; another verified phone makes it another worker."""
    await mini_program_links.take_turn(tx, opener)
    if phone is not None:
        worker_id = await workers.with_phone(tx, phone)
    else:
        known = await mini_program_links.worker_of(tx, opener)
        if known is None:
            raise PhoneNeeded
        worker_id = known
    if await mini_program_links.put(tx, opener, worker_id):
        await tx.record("worker.mini-program-linked", "worker", worker_id)
    opened = await open_session(tx, issuer, Kind.WORKER, worker_id, "mini-program")
    await tx.record("worker.log-in", "worker", worker_id, session=opened.id, by="mini-program")
    return WorkerLoggedIn(worker_id, opened)
