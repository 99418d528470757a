"""A worker logs in with the code that was sent to their phone."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Kind
from services.identity.domain.policy import Policy
from services.identity.domain.refusals import CodeRefused
from services.identity.domain.secrets import is_same
from services.identity.store import phone_codes, workers
from services.identity.store.tables import PhoneCode
from services.identity.usecases.sessions.open_session import Opened, open_session
from services.identity.usecases.sessions.sign_access import Issuer


@dataclass(frozen=True, slots=True)
class WorkerLoggedIn:
    """The worker and their new session."""

    worker_id: UUID
    opened: Opened


async def log_in_worker(tx: Tx, issuer: Issuer, phone: str, code: str) -> WorkerLoggedIn:
    """The first log-in with a phone makes its account; a code is good once, for a few tries."""
    sent = await phone_codes.lock_latest(tx, phone_codes.phone_keys(tx.sealer, phone))
    if sent is None or not _is_open(tx, issuer.policy, sent):
        tx.outlive(partial(_refused, code_id=None))
        raise CodeRefused
    hashes = phone_codes.code_hashes(tx.sealer, sent.id, code)
    if not any(is_same(sent.code_hash, one) for one in hashes):
        tx.outlive(partial(_refused, code_id=sent.id))
        raise CodeRefused
    sent.used_at = tx.now
    worker_id = await workers.with_phone(tx, phone)
    opened = await open_session(tx, issuer, Kind.WORKER, worker_id, "phone-code")
    await tx.record("worker.log-in", "worker", worker_id, session=opened.id)
    return WorkerLoggedIn(worker_id, opened)


def _is_open(tx: Tx, policy: Policy, sent: PhoneCode) -> bool:
    return (
        sent.used_at is None
        and sent.failed_at is None
        and tx.now < sent.expires_at
        and sent.tries < policy.code_tries
    )


async def _refused(tx: Tx, *, code_id: UUID | None) -> None:
    if code_id is not None:
        await phone_codes.count_try(tx, code_id)
    await tx.record("worker.log-in", "phone-code", code_id, outcome="refused", reason="code")
