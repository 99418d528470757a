"""A log-in that was refused is counted and audited; too many lock the account for a while."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.store import attempts
from services.identity.store.tables import StaffAccount, Union


async def count_failed_log_in(
    tx: Tx, *, keys: Sequence[bytes], account_id: UUID | None, reason: str
) -> None:
    """Counts under the name that was typed, whether or not anybody has it (AUTH-02)."""
    before, after = await attempts.count_failure(tx, keys)
    subject = await tx.session.get(StaffAccount, account_id) if account_id else None
    union = await tx.session.get(Union, subject.union_id) if subject else None
    where = union.path if union else ""
    subject_id = subject.id if subject else None
    await tx.record(
        "staff.log-in", "account", subject_id, union_path=where, outcome="refused", reason=reason
    )
    if after.locks > before.locks and subject_id is not None:
        await tx.record(
            "account.locked", "account", subject_id, union_path=where, until=after.locked_until
        )
