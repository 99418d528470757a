"""The provider has said who it is: the account is found, or linked, or unknown."""

from functools import partial
from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.domain.account import State
from services.identity.domain.provider import Identified
from services.identity.domain.provider_refusals import (
    ProviderRefused,
    SubjectTaken,
    SubjectUnknown,
)
from services.identity.store import provider_links
from services.identity.store.provider_tables import ProviderAttempt
from services.identity.store.tables import StaffAccount


async def finish_provider_answer(tx: Tx, attempt_id: UUID, who: Identified) -> bool:
    """Whether an account was linked; if not, the attempt may log in now."""
    attempt = await tx.session.get(ProviderAttempt, attempt_id, with_for_update=True)
    if attempt is None or attempt.expires_at <= tx.now or attempt.finished_at is not None:
        raise ProviderRefused
    if attempt.linking_id is not None:
        await _link(tx, attempt.linking_id, who)
        attempt.finished_at = tx.now
        return True
    account_id = await provider_links.account_of(tx, who)
    account = await tx.session.get(StaffAccount, account_id) if account_id else None
    if account is None or account.state != State.ACTIVE:
        tx.outlive(partial(_refused, account_id=account_id))
        raise SubjectUnknown
    attempt.found_id = account.id
    return False


async def _link(tx: Tx, account_id: UUID, who: Identified) -> None:
    account = await tx.session.get(StaffAccount, account_id, with_for_update=True)
    if account is None or account.state != State.ACTIVE:
        raise ProviderRefused
    if not await provider_links.put(tx, account_id, who, "self"):
        raise SubjectTaken
    account.version += 1
    await tx.record("staff.provider-linked", "account", account_id)


async def _refused(tx: Tx, *, account_id: UUID | None) -> None:
    reason = "state" if account_id else "unknown-subject"
    await tx.record(
        "staff.provider-log-in", "account", account_id, outcome="refused", reason=reason
    )
